// catalog/name_clashes.h: two things of a model that would have one name in the database (DDL003).
// Names are compared without case, whatever the database.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/diagnostics/diagnostic.h"

namespace cambium::catalog {

// What has a name in the database, for a message about it.
struct Named {
  const char* kind;  // "the table", "the column" …
  std::string_view of, member;
  Span span;
  std::string words() const {
    return std::string(kind) + " of `" + std::string(of) + (member.empty() ? "" : ".") +
           std::string(member) + "`";
  }
};

// The second one is in the way of the first. `help`: how one of them gets another name.
void reportSameName(DiagnosticSink& sink, const std::string& name, const Named& first,
                    const Named& second, const char* help);

// The names of one table's columns or checks, in which two may not be equal but for case. True if
// some are.
bool reportRepeated(DiagnosticSink& sink, std::vector<std::pair<const std::string*, Named>> names,
                    const char* help);

}  // namespace cambium::catalog
