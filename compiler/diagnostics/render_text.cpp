// The form for people: header, the lines of source with carets, notes, helps.
#include <algorithm>
#include <map>

#include "compiler/diagnostics/display_line.h"
#include "compiler/diagnostics/place.h"
#include "compiler/diagnostics/render.h"

namespace cambium {

namespace {

struct Glyphs {
  const char *top, *side, *tee, *corner, *gap, *cut;
};
constexpr Glyphs kBox = {"┌", "│", "├", "└", "┆", "…"};
constexpr Glyphs kAscii = {"-->", "|", "+", "+", ":", ">"};

constexpr std::string_view kRed = "\033[1;31m", kYellow = "\033[1;33m", kBlue = "\033[34m",
                           kCyan = "\033[36m", kBold = "\033[1m", kReset = "\033[0m";

// One underlined place.
struct Mark {
  Span span;
  std::string text;
  bool primary = false;
};

class TextRenderer {
public:
  TextRenderer(const SourceMap& sources, const RenderOptions& options)
      : sources_(sources), options_(options), glyphs_(options.ascii ? kAscii : kBox) {}

  std::string render(const Diagnostic& d) {
    out_.clear();
    accent_ = d.severity == Severity::error ? kRed : kYellow;
    const char* severity = d.severity == Severity::error ? "error" : "warning";
    out_ += paint(accent_, fmt::format("{}[{}]", severity, info(d.code).name)) + ": " +
            paint(kBold, DisplayLine(d.message).slice(0, ~0u)) + "\n";
    snippets(d);
    footer(d);
    return std::move(out_);
  }

private:
  std::string paint(std::string_view color, std::string_view text) const {
    if (!options_.color || text.empty()) return std::string(text);
    return std::string(color).append(text).append(kReset);
  }
  // A line's number (0 = none), right-aligned in the gutter, and the sign of the box.
  void gutter(uint32_t line, const char* sign) {
    const std::string number = line ? std::to_string(line) : "";
    out_ += paint(kBlue, std::string(gutter_ - number.size(), ' ') + number + " " + sign);
  }

  // The files in which something is marked, the primary one first; a block for each.
  void snippets(const Diagnostic& d) {
    std::vector<std::pair<FileId, std::vector<Mark>>> files;
    const auto mark = [&](Span span, const std::string& text, bool primary) {
      if (!span) return;
      auto found = std::find_if(files.begin(), files.end(),
                                [&](const auto& entry) { return entry.first == span.file; });
      if (found == files.end()) found = files.insert(found, {span.file, {}});
      found->second.push_back({span, text, primary});
    };
    mark(d.span, d.spanText, true);
    for (const Label& label : d.labels) mark(label.span, label.text, false);

    uint32_t last = 1;
    for (const auto& [file, marks] : files)
      for (const Mark& m : marks) last = std::max(last, placeOf(sources_[file], m.span.begin).line);
    gutter_ = std::to_string(last).size();
    for (size_t i = 0; i < files.size(); ++i) {
      auto& [file, marks] = files[i];
      gutter(0, i == 0 ? glyphs_.top : glyphs_.tee);
      // The primary mark comes first in its file.
      out_ += " " + placeText(sources_, marks.front().span) + "\n";
      block(sources_[file], marks);
    }
  }

  void block(const SourceFile& file, const std::vector<Mark>& marks) {
    std::map<uint32_t, std::vector<const Mark*>> lines;
    for (const Mark& mark : marks) lines[placeOf(file, mark.span.begin).line].push_back(&mark);
    uint32_t previous = 0;
    for (auto& [number, onLine] : lines) {
      if (previous != 0 && number > previous + 1) {
        gutter(0, glyphs_.gap);
        out_ += "\n";
      }
      previous = number;
      std::stable_sort(onLine.begin(), onLine.end(), [](const Mark* a, const Mark* b) {
        return std::pair(!a->primary, a->span.begin) < std::pair(!b->primary, b->span.begin);
      });
      sourceLine(file, number, onLine);
    }
  }

  void sourceLine(const SourceFile& file, uint32_t number, const std::vector<const Mark*>& marks) {
    const DisplayLine line(file.line(number), number == 1);
    const uint32_t start = file.lineStart(number);
    const auto columns = [&](const Mark& mark) {
      const unsigned from = line.columnOf(mark.span.begin - start);
      unsigned to = mark.span.end > mark.span.begin ? line.columnOf(mark.span.end - start) : from;
      return std::pair(from, std::max(to, from + 1));
    };

    // A line that does not fit is shown as a window around its first mark.
    const unsigned room = std::max(options_.width, 40u) - static_cast<unsigned>(gutter_) - 3;
    unsigned from = 0, to = std::max(line.width(), 1u);
    if (line.width() > room) {
      const auto [begin, end] = columns(*marks.front());
      const unsigned marked = std::min(end - begin, room / 2);
      const unsigned before = std::min(begin, (room - marked) / 2);
      from = std::min(begin - before, line.width() > room ? line.width() - room + 1 : 0);
      to = std::min(from + room - 2, line.width());
      if (begin >= to) from = begin - before, to = std::min(from + room - 2, line.width() + 1);
    }
    const bool cutLeft = from > 0, cutRight = to < line.width();
    std::string shown = (cutLeft ? glyphs_.cut : "") + line.slice(from, to);
    while (!shown.empty() && shown.back() == ' ') shown.pop_back();
    gutter(number, glyphs_.side);
    out_ += (shown.empty() ? "" : " " + shown) + (cutRight ? glyphs_.cut : "") + "\n";

    for (const Mark* mark : marks) {
      auto [begin, end] = columns(*mark);
      if (begin < from || begin > to) {  // outside the window: said in words
        gutter(0, glyphs_.side);
        out_ += fmt::format(" {}: {}\n", placeText(sources_, mark->span), mark->text);
        continue;
      }
      end = std::max(std::min(end, to), begin + 1);
      gutter(0, glyphs_.side);
      out_ += std::string(1 + (cutLeft ? 1 : 0) + (begin - from), ' ');
      const std::string carets(end - begin, mark->primary ? '^' : '-');
      out_ += paint(mark->primary ? accent_ : kBlue,
                    mark->text.empty() ? carets : carets + " " + mark->text);
      out_ += "\n";
    }
  }

  void footer(const Diagnostic& d) {
    struct Item {
      const char* word;
      std::string text;
    };
    std::vector<Item> items;
    // Without a place to stand under it is a note.
    if (!d.span && !d.spanText.empty()) items.push_back({"note", d.spanText});
    for (const std::string& note : d.notes) items.push_back({"note", note});
    for (const std::string& help : d.helps) items.push_back({"help", help});
    const auto tag = [](FixSafety safety) {
      switch (safety) {
        case FixSafety::safe: return "   [fix available]";
        case FixSafety::review: return "   [fix to review]";
        case FixSafety::placeholder: return "   [fix to complete]";
      }
      return "";
    };
    // One fix belongs to the help before it; several are choices and are named.
    if (d.fixes.size() == 1 && !d.helps.empty()) {
      items.back().text += tag(d.fixes.front().safety);
    } else {
      for (const FixIt& fix : d.fixes) items.push_back({"help", fix.title + tag(fix.safety)});
    }
    for (size_t i = 0; i < items.size(); ++i) {
      const bool isLast = i + 1 == items.size();
      gutter(0, isLast ? glyphs_.corner : glyphs_.tee);
      out_ += " " + paint(kCyan, items[i].word) + ": ";
      paragraph(items[i].text, isLast ? " " : glyphs_.side);
    }
  }

  // Words wrapped at the width; lines after the first are indented under the text.
  void paragraph(const std::string& text, const char* side) {
    constexpr unsigned kIndent = 6;  // "note: "
    const unsigned room =
        std::max(options_.width, 40u) - static_cast<unsigned>(gutter_) - 3 - kIndent;
    const auto newLine = [&] {
      out_ += "\n";
      gutter(0, side);
      out_ += std::string(1 + kIndent, ' ');
    };
    size_t at = 0;
    bool first = true;
    while (at <= text.size()) {
      const size_t end = std::min(text.find('\n', at), text.size());
      if (!first) newLine();
      first = false;
      unsigned used = 0;
      for (size_t word = at; word < end;) {
        size_t stop = text.find_first_not_of(' ', word);
        stop = std::min(stop == std::string::npos ? end : text.find(' ', stop), end);
        const std::string piece = text.substr(word, stop - word);
        const unsigned width = displayWidth(piece);
        if (used > 0 && used + width > room) {
          newLine();
          const size_t letters = std::min(piece.find_first_not_of(' '), piece.size());
          out_ += piece.substr(letters);
          used = width - static_cast<unsigned>(letters);
        } else {
          out_ += piece;
          used += width;
        }
        word = stop;
      }
      at = end + 1;
    }
    out_ += "\n";
  }

  const SourceMap& sources_;
  const RenderOptions& options_;
  const Glyphs& glyphs_;
  std::string_view accent_;
  std::string out_;
  size_t gutter_ = 1;
};

}  // namespace

std::string renderText(const std::vector<Diagnostic>& diagnostics, const SourceMap& sources,
                       const RenderOptions& options) {
  // How many there are of each file, so that what is left out can be counted.
  std::map<FileId, size_t> total, shown;
  for (const Diagnostic& d : diagnostics) ++total[d.span.file];
  TextRenderer renderer(sources, options);
  std::string out;
  for (const Diagnostic& d : diagnostics) {
    const FileId file = d.span.file;
    if (++shown[file] <= options.perFile || !file) out += renderer.render(d);
    if (file && shown[file] == total[file] && total[file] > options.perFile)
      out += fmt::format("{} more in {}\n", total[file] - options.perFile, sources[file].name());
  }
  return out;
}

}  // namespace cambium
