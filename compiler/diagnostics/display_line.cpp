#include "compiler/diagnostics/display_line.h"

#include <fmt/core.h>

#include "llvm/Support/ConvertUTF.h"
#include "llvm/Support/Unicode.h"

namespace cambium {

namespace {

constexpr unsigned kTabStop = 4;

// The code point at the start of `text`, with its length; length 0 = not UTF-8.
std::pair<uint32_t, size_t> decode(std::string_view text) {
  const auto* at = reinterpret_cast<const llvm::UTF8*>(text.data());
  const auto* end = at + text.size();
  const auto* begin = at;
  llvm::UTF32 point = 0;
  llvm::UTF32* target = &point;
  const size_t length = llvm::getNumBytesForUTF8(*at);
  if (length > text.size()) return {0, 0};
  end = at + length;
  if (llvm::ConvertUTF8toUTF32(&at, end, &target, &point + 1, llvm::strictConversion) !=
      llvm::conversionOK)
    return {0, 0};
  return {point, static_cast<size_t>(at - begin)};
}

}  // namespace

DisplayLine::DisplayLine(std::string_view text, bool first) {
  size_t at = first && text.substr(0, 3) == "\xEF\xBB\xBF" ? 3 : 0;
  while (at < text.size()) {
    Cell cell{at, {}, 1};
    const auto [point, length] = decode(text.substr(at));
    if (text[at] == '\t') {
      cell.width = kTabStop - width_ % kTabStop;
      cell.shown.assign(cell.width, ' ');
    } else if (length == 0) {
      cell.shown = fmt::format("<{:02X}>", static_cast<unsigned char>(text[at]));
      cell.width = static_cast<unsigned>(cell.shown.size());
    } else {
      const auto shown = text.substr(at, length);
      const int width = llvm::sys::unicode::columnWidthUTF8({shown.data(), shown.size()});
      if (width < 0 || llvm::sys::unicode::isFormatting(static_cast<int>(point))) {
        cell.shown = fmt::format("<U+{:04X}>", point);
        cell.width = static_cast<unsigned>(cell.shown.size());
      } else {
        cell.shown = shown;
        cell.width = static_cast<unsigned>(width);
      }
    }
    at += length == 0 ? 1 : length;
    width_ += cell.width;
    cells_.push_back(std::move(cell));
  }
}

unsigned DisplayLine::columnOf(size_t byte) const {
  unsigned column = 0;
  for (size_t i = 0; i < cells_.size(); ++i) {
    const bool isLast = i + 1 == cells_.size();
    if (byte <= cells_[i].byte || (!isLast && byte < cells_[i + 1].byte)) return column;
    column += cells_[i].width;
  }
  return column;
}

std::string DisplayLine::slice(unsigned from, unsigned to) const {
  std::string out;
  unsigned column = 0;
  for (const Cell& cell : cells_) {
    const unsigned end = column + cell.width;
    if (column >= from && end <= to) {
      out += cell.shown;
    } else if (end > from && column < to) {
      out.append(std::min(end, to) - std::max(column, from), ' ');
    }
    column = end;
  }
  return out;
}

unsigned displayWidth(std::string_view text) {
  const int width = llvm::sys::unicode::columnWidthUTF8({text.data(), text.size()});
  return width < 0 ? static_cast<unsigned>(text.size()) : static_cast<unsigned>(width);
}

}  // namespace cambium
