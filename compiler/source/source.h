// source/source.h: the text of the files being compiled, and places in it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/ids.h"

namespace cambium {

class SourceFile;
using FileId = Id<SourceFile>;

// A half-open byte range of one file. An invalid `file` means "nowhere in particular".
struct Span {
  FileId file;
  uint32_t begin = 0;
  uint32_t end = 0;
  explicit operator bool() const { return bool(file); }
  friend bool operator==(const Span&, const Span&) = default;
};

// From the start of `a` to the end of `b`, which must lie in the same file.
inline Span join(Span a, Span b) {
  return {a.file, a.begin, b.end};
}

// One-based line and column; the column counts bytes (the renderers convert where they need cells).
struct LineColumn {
  uint32_t line = 1;
  uint32_t column = 1;
};

// A file's name (as shown to the user, relative to the package) and its bytes, as they were read:
// valid UTF-8 is checked by the scanner, which can say where it is not.
class SourceFile {
public:
  SourceFile(std::string name, std::string text);
  const std::string& name() const { return name_; }
  std::string_view text() const { return text_; }
  LineColumn lineColumn(uint32_t offset) const;
  uint32_t lineCount() const { return static_cast<uint32_t>(lineStarts_.size()); }
  // The text of a one-based line, without its line end.
  std::string_view line(uint32_t number) const;
  uint32_t lineStart(uint32_t number) const { return lineStarts_[number - 1]; }

private:
  std::string name_;
  std::string text_;
  std::vector<uint32_t> lineStarts_;
};

// Owns every file of a compilation. Files never move or change once added (views into them stay
// valid).
class SourceMap {
public:
  SourceMap() = default;
  SourceMap(const SourceMap&) = delete;
  SourceMap& operator=(const SourceMap&) = delete;
  FileId add(std::string name, std::string text);
  const SourceFile& operator[](FileId id) const { return *files_[id.index()]; }
  size_t size() const { return files_.size(); }
  std::string_view text(Span span) const {
    return (*this)[span.file].text().substr(span.begin, span.end - span.begin);
  }

private:
  std::vector<std::unique_ptr<const SourceFile>> files_;
};

}  // namespace cambium
