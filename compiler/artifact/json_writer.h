// artifact/json_writer.h: canonical JSON: no blanks, keys in the order given (the caller gives them
// sorted; checked in debug builds), integers only. `prettyJson` lays the same document out for
// people.
#pragma once

#include <cassert>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cambium::artifact {

class JsonWriter {
public:
  void beginObject() { open('{'); }
  void endObject() { close('}'); }
  void beginArray() { open('['); }
  void endArray() { close(']'); }
  void key(std::string_view name);
  void string(std::string_view text);
  void boolean(bool value);
  void integer(uint64_t value);

  // A member of the object only if it says something.
  void text(std::string_view name, std::string_view value) {
    if (!value.empty()) key(name), string(value);
  }
  void flag(std::string_view name, bool value) {
    if (value) key(name), boolean(true);
  }

  std::string take() { return std::move(out_); }

private:
  void open(char c);
  void close(char c);
  void separate();

  std::string out_;
  std::vector<std::string> lastKeys_;  // of the open containers
  bool first_ = true;
  bool afterKey_ = false;
};

// In: one canonical document. Out: the same, indented by two spaces; what fits into `width` columns
// stays on one line.
std::string prettyJson(std::string_view compact, size_t width = 100);

}  // namespace cambium::artifact
