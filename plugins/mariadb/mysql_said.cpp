// How MySQL 8 writes down in information_schema what was said: an expression has its quotes and
// backslashes escaped once more; a default that is a value stands there without quotes.
#include "plugins/mariadb/mariadb.h"

namespace cambium::dialect::mariadb {

std::string mysqlUnescaped(std::string_view expression) {
  std::string out;
  for (size_t i = 0; i < expression.size(); ++i) {
    char c = expression[i];
    if (c == '\\' && i + 1 < expression.size()) {
      c = expression[++i];
      if (c == 'n') c = '\n';
      if (c == 'r') c = '\r';
      if (c == '0') c = '\0';
      if (c == 'Z') c = '\x1a';
    }
    out += c;
  }
  return out;
}

std::string mysqlDefault(std::string_view said, std::string_view extra, std::string_view type) {
  if (lowered(extra).find("default_generated") != std::string::npos) return mysqlUnescaped(said);
  // The bytes of a value of that type.
  const bool bytes = type.find("binary") != std::string_view::npos;
  if (bytes && said.starts_with("0x")) return "x'" + lowered(said.substr(2)) + "'";
  if (said.starts_with("b'")) return std::string(said);  // of bits
  const bool number = type.starts_with("tinyint") || type.starts_with("smallint") ||
                      type.starts_with("mediumint") || type.starts_with("int") ||
                      type.starts_with("bigint") || type.starts_with("decimal") ||
                      type.starts_with("float") || type.starts_with("double") ||
                      type.starts_with("year");
  return number ? std::string(said) : textLiteral(said);
}

}  // namespace cambium::dialect::mariadb
