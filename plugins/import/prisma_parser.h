// import/prisma_parser.h: the blocks of a Prisma schema file. In: a file. Out: its blocks in order,
// or the place where it stops being one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/base/result.h"
#include "compiler/source/source.h"

namespace cambium::importing::prisma {

enum class ValueKind : unsigned char { text, number, word, call, list };

struct Value {
  ValueKind kind = ValueKind::word;
  std::string name;         // of an argument: `fields` in `fields: […]`; "" = none
  std::string value;        // text, number, word, the called function
  std::vector<Value> args;  // of a call or list
};

struct Attribute {
  std::string name;  // "id", "db.VarChar", "relation"; of a block "index" …
  std::vector<Value> args;
  Span at;
  // The argument of that name, or the one without a name at `position`.
  const Value* argument(std::string_view name, size_t position = 99) const;
};

struct Field {
  std::string name, type;
  std::string native;  // of Unsupported("…")
  bool optional = false, list = false;
  std::vector<Attribute> attributes;
  std::string comment;
  Span at;
  const Attribute* find(std::string_view attribute) const;
};

struct Block {
  std::string kind, name;     // "model", "User"
  std::vector<Field> fields;  // of an enum its members, without types
  std::vector<Attribute> attributes;
  std::vector<std::pair<std::string, Value>> settings;  // of a datasource or generator
  std::string comment;
  Span at;
  const Attribute* find(std::string_view attribute) const;
  const Field* field(std::string_view name) const;
};

struct Fault {
  uint32_t at;
  std::string message;
};

Result<std::vector<Block>, Fault> parse(const SourceFile&, FileId);

}  // namespace cambium::importing::prisma
