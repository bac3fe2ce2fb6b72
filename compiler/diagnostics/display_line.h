// diagnostics/display_line.h: one line of source as a terminal shows it: cells, not bytes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cambium {

// A code point of the source and what is shown for it: tabs as blanks, what a terminal would hide
// or obey (control and bidirectional characters, bytes that are not UTF-8) spelled out.
struct Cell {
  size_t byte = 0;  // offset in the line
  std::string shown;
  unsigned width = 1;  // terminal columns that `shown` takes
};

class DisplayLine {
public:
  // `text` without its line end; `first`: the first line of a file, whose byte order mark is not
  // shown.
  explicit DisplayLine(std::string_view text, bool first = false);
  unsigned width() const { return width_; }
  // The column (from 0) at which the byte's code point starts; behind the last one for the end of
  // the line and all that follows.
  unsigned columnOf(size_t byte) const;
  // What is shown between the columns [from, to); a wide character that is cut becomes blanks.
  std::string slice(unsigned from, unsigned to) const;

private:
  std::vector<Cell> cells_;
  unsigned width_ = 0;
};

// Terminal columns of a text without control characters.
unsigned displayWidth(std::string_view text);

}  // namespace cambium
