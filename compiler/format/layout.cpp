#include "compiler/format/layout.h"

#include <algorithm>

namespace cambium::format {

size_t displayWidth(std::string_view text) {
  return size_t(std::ranges::count_if(text, [](char c) { return (uint8_t(c) & 0xC0) != 0x80; }));
}

void Layout::text(std::string_view text) {
  if (!items_.empty() && items_.back().kind == Kind::text)
    items_.back().text += text;
  else
    items_.push_back({Kind::text, std::string(text), 0});
}

bool Layout::flat(std::string& out) const {
  for (const Item& item : items_) {
    if (item.kind == Kind::hardline) return false;
    if (item.kind == Kind::line) out += ' ';
    out += item.text;
  }
  return true;
}

void Layout::print(std::string& out, size_t column, size_t margin, size_t width) const {
  // For each group the width it takes on one line, with whatever is glued to its end.
  constexpr size_t kTooWide = size_t{1} << 30;
  std::vector<size_t> widths(items_.size());
  {
    size_t glued = 0;  // from here to the next place where a line may break
    std::vector<size_t> after;
    std::vector<size_t> total(items_.size() + 1);
    for (size_t i = items_.size(); i-- > 0;) {
      const Item& item = items_[i];
      size_t own = 0;
      if (item.kind == Kind::text)
        own = item.text.find('\n') == std::string::npos
                  ? displayWidth(item.text)
                  : displayWidth(item.text.substr(0, item.text.find('\n')));
      if (item.kind == Kind::line) own = 1;
      if (item.kind == Kind::hardline) own = kTooWide;
      total[i] = total[i + 1] + own;
      if (item.kind == Kind::text)
        glued += own;
      else if (item.kind == Kind::line || item.kind == Kind::softline ||
               item.kind == Kind::hardline)
        glued = 0;
      else if (item.kind == Kind::close) {
        after.push_back(i);
        widths[i] = glued;
      } else if (item.kind == Kind::open) {
        const size_t end = after.back();
        after.pop_back();
        widths[i] = std::min(kTooWide, total[i] - total[end] + widths[end]);
      }
    }
  }
  std::vector<bool> broken;  // of the open groups
  long indentation = long(margin);
  const auto newline = [&] {
    while (!out.empty() && out.back() == ' ') out.pop_back();
    out += '\n';
    out.append(size_t(indentation), ' ');
    column = size_t(indentation);
  };
  for (size_t i = 0; i < items_.size(); ++i) {
    const Item& item = items_[i];
    switch (item.kind) {
      case Kind::text: {
        out += item.text;
        const size_t last = item.text.rfind('\n');
        column = last == std::string::npos
                     ? column + displayWidth(item.text)
                     : displayWidth(std::string_view(item.text).substr(last + 1));
        break;
      }
      case Kind::line:
      case Kind::softline:
        if (!broken.empty() && broken.back()) {
          newline();
        } else if (item.kind == Kind::line) {
          out += ' ';
          ++column;
        }
        break;
      case Kind::hardline: newline(); break;
      case Kind::open: broken.push_back(column + widths[i] > width); break;
      case Kind::close: broken.pop_back(); break;
      case Kind::indent: indentation += item.by; break;
    }
  }
}

}  // namespace cambium::format
