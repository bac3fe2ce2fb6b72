// import/rows.h: counts statements about rows, which a model has none of: one line of the report
// for each table.
#pragma once

#include <map>
#include <string>

#include "plugins/import/schema.h"

namespace cambium::importing {

class Rows {
public:
  // `text`: a statement that begins with INSERT, UPDATE …; false if it is none of these.
  bool take(std::string_view text, Span at);
  void report(Schema&) const;

private:
  struct Count {
    Span first;
    size_t statements = 0;
  };
  std::map<std::string, Count> tables_;
};

// The first words of a statement in lower case, without quotes and qualifiers.
std::vector<std::string> leadingWords(std::string_view text, size_t count);

}  // namespace cambium::importing
