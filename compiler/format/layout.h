// format/layout.h: text with places where a line may break. A group is written on one line if it
// fits, and else broken at all of its own places (not those of the groups inside it, which decide
// for themselves). Linear in its length.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cambium::format {

class Layout {
public:
  void text(std::string_view text);
  // The parts one after another.
  template <class... More>
  void text(std::string_view first, std::string_view second, const More&... more) {
    text(first);
    text(second, more...);
  }
  void line() { items_.push_back({Kind::line, {}, 0}); }          // a blank, or a new line
  void softline() { items_.push_back({Kind::softline, {}, 0}); }  // nothing, or a new line
  void hardline() { items_.push_back({Kind::hardline, {}, 0}); }  // always a new line
  void open() { items_.push_back({Kind::open, {}, 0}); }
  void close() { items_.push_back({Kind::close, {}, 0}); }
  void indent(int by) { items_.push_back({Kind::indent, {}, by}); }

  // Appended to `out`, whose last line has `column` characters; new lines begin `margin` blanks
  // from the left.
  void print(std::string& out, size_t column, size_t margin, size_t width) const;
  // On one line, whatever its length; nothing if it has a hard line break.
  bool flat(std::string& out) const;

private:
  enum class Kind : uint8_t { text, line, softline, hardline, open, close, indent };
  struct Item {
    Kind kind;
    std::string text;
    int by;
  };
  std::vector<Item> items_;
};

// Characters a text takes on a terminal, near enough for choosing line breaks: code points.
size_t displayWidth(std::string_view text);

}  // namespace cambium::format
