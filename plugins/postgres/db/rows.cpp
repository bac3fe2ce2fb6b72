#include "plugins/postgres/db/rows.h"

namespace cambium::dialect::postgres {

std::string text(const Row& row, size_t index) {
  return index < row.size() && row[index] ? *row[index] : "";
}
bool flag(const Row& row, size_t index) {
  return text(row, index) == "t";
}

std::vector<std::string> numbers(std::string_view array) {
  std::vector<std::string> out;
  std::string word;
  for (const char c : array) {
    if (c >= '0' && c <= '9') {
      word += c;
    } else if (!word.empty()) {
      out.push_back(std::move(word));
      word.clear();
    }
  }
  if (!word.empty()) out.push_back(std::move(word));
  return out;
}

std::vector<std::string> jsonTexts(std::string_view json) {
  std::vector<std::string> out;
  for (size_t i = 0; i < json.size(); ++i) {
    if (json[i] != '"') continue;
    std::string one;
    for (++i; i < json.size() && json[i] != '"'; ++i) {
      if (json[i] != '\\') {
        one += json[i];
        continue;
      }
      const char c = json[++i];
      one += c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
    }
    out.push_back(std::move(one));
  }
  return out;
}

std::string actionOf(const std::string& letter) {
  switch (letter.empty() ? ' ' : letter[0]) {
    case 'r': return "RESTRICT";
    case 'c': return "CASCADE";
    case 'n': return "SET NULL";
    case 'd': return "SET DEFAULT";
    default: return "NO ACTION";
  }
}

std::string insideCheck(std::string_view definition) {
  const size_t open = definition.find('('), close = definition.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close <= open)
    return std::string(definition);
  return std::string(definition.substr(open + 1, close - open - 1));
}

}  // namespace cambium::dialect::postgres
