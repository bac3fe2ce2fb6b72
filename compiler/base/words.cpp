#include "compiler/base/words.h"

namespace cambium {
namespace {

bool upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool lower(char c) {
  return c >= 'a' && c <= 'z';
}
bool digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

std::string snakeCase(std::string_view name) {
  std::string out;
  for (size_t i = 0; i < name.size(); ++i) {
    // A word begins at a capital after a small letter or digit, and at the last capital of a run
    // before a small letter.
    const bool begins =
        i > 0 && upper(name[i]) && name[i - 1] != '_' &&
        (lower(name[i - 1]) || digit(name[i - 1]) || (i + 1 < name.size() && lower(name[i + 1])));
    if (begins) out += '_';
    out += upper(name[i]) ? char(name[i] - 'A' + 'a') : name[i];
  }
  return out;
}

}  // namespace cambium
