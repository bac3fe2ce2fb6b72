#include "plugins/import/table_elements.h"

#include <algorithm>

#include "plugins/import/sql_expr_parser.h"

namespace cambium::importing {
namespace {

// Words that end a column's type.
constexpr std::string_view kAfterType[] = {
    "constraint",     "primary",       "key",        "unique",  "not",       "null",
    "default",        "check",         "references", "collate", "generated", "as",
    "auto_increment", "autoincrement", "comment",    "on",      "charset",   "first",
    "after",          "visible",       "invisible",  "virtual", "stored",    "storage",
    "column_format",  "deferrable",    "with"};

bool isOneOf(const Token& token, std::span<const std::string_view> words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return token.is(word); });
}

}  // namespace

Span ElementReader::span() const {
  return spanAt(in_.peek().begin);
}

void ElementReader::fault(const std::string& message) const {
  throw SyntaxFault{in_.peek().begin, message};
}

void ElementReader::unexpected() const {
  const Token& token = in_.peek();
  if (token.kind == TokenKind::broken) fault(token.value);
  if (token.kind == TokenKind::end) fault("the text ends in the middle of a statement");
  fault("`" + token.value + "` is not expected here");
}

void ElementReader::expect(std::string_view symbol) {
  if (!in_.accept(symbol)) unexpected();
}

std::string ElementReader::name() {
  // Quoted texts stand for names in more dialects than they should.
  if (!in_.peek().isName() && in_.peek().kind != TokenKind::text) unexpected();
  std::string out = in_.next().value;
  while (in_.at(".") && in_.peek(1).isName()) {
    in_.next();
    out = in_.next().value;
  }
  return out;
}

std::vector<std::string> ElementReader::columnList() {
  std::vector<std::string> out;
  for (const IndexPart& part : indexParts("")) out.push_back(part.column);
  return out;
}

std::vector<IndexPart> ElementReader::indexParts(const std::string& of) {
  expect("(");
  std::vector<IndexPart> out;
  do {
    IndexPart part;
    const Token& after = in_.peek(1);
    if (in_.peek().isName() &&
        (after.is(",") || after.is(")") || after.is("asc") || after.is("desc") ||
         after.is("collate") || (after.is("(") && in_.peek(2).kind == TokenKind::number))) {
      part.column = in_.next().value;
      if (in_.at("(")) {
        const Span at = span();
        in_.next();
        const std::string length = in_.next().value;
        expect(")");
        if (!of.empty())
          schema_.lose(at, "the prefix of `" + part.column + "` in " + of,
                       "an index holds whole values, not their first " + length + " characters");
      }
    } else {
      part.expr = parseExpression(in_);
    }
    if (in_.at("collate")) {
      if (!of.empty()) schema_.lose(span(), "COLLATE in " + of, "the language has no collations");
      in_.next();
      in_.next();
    }
    part.descending = in_.accept("desc");
    if (!part.descending) in_.accept("asc");
    out.push_back(std::move(part));
  } while (in_.accept(","));
  expect(")");
  return out;
}

DeclaredType ElementReader::type() {
  DeclaredType out;
  while (in_.peek().isName() && !isOneOf(in_.peek(), kAfterType)) {
    if (in_.at("character") && in_.peek(1).is("set")) break;
    const std::string word = lowered(in_.next().value);
    if (word == "unsigned" || word == "zerofill") {
      out.isUnsigned = true;
    } else if (word != "signed" && word != "binary") {
      out.name += (out.name.empty() ? "" : " ") + word;
    } else if (out.name.empty()) {
      out.name = word;
    }
    // `IDENTITY(1, 1)` of SQL Server is no part of the type.
    if (word == "identity" && in_.at("(")) {
      in_.next();
      in_.skipParentheses();
      out.name.resize(out.name.size() - std::min(out.name.size(), word.size() + 1));
      out.counts = true;
      continue;
    }
    if (in_.at("(") && out.args.empty()) {
      in_.next();
      while (!in_.at(")")) {
        if (in_.atEnd()) unexpected();
        if (!in_.at(",")) out.args.push_back(in_.peek().value);
        in_.next();
      }
      in_.next();
    }
  }
  out.spelling = out.name;
  for (size_t i = 0; i < out.args.size(); ++i) out.spelling += (i == 0 ? "(" : ", ") + out.args[i];
  if (!out.args.empty()) out.spelling += ")";
  if (out.isUnsigned) out.spelling += " unsigned";
  return out;
}

std::string ElementReader::columnName(const Table& table, const Column& column) const {
  return "column `" + table.name + "." + column.name + "`";
}

void ElementReader::column(Table& table, Column* replaces) {
  Column made;
  made.at = span();
  made.name = name();
  const DeclaredType declared = type();
  made.type = dialect_.typeOf(declared, table.name, made.name, made.at, schema_);
  if (declared.counts) made.autoIncrement = made.notNull = true;
  const std::string lowName = made.name;
  Column* column = replaces;
  if (replaces) {
    made.comment = replaces->comment;
    *replaces = std::move(made);
  } else {
    std::erase_if(table.columns, [&](const Column& c) { return schema_.same(c.name, lowName); });
    table.columns.push_back(std::move(made));
    column = &table.columns.back();
  }
  std::string constraintName;
  while (option(table, *column, constraintName)) {
  }
}

// False where the column ends.
bool ElementReader::option(Table& table, Column& column, std::string& constraintName) {
  const Span at = span();
  if (in_.atEnd() || in_.atAny({",", ")", ";"})) return false;
  if (in_.accept("constraint")) {
    constraintName = in_.peek().isName() && !isOneOf(in_.peek(), kAfterType) ? name() : "";
    return true;
  }
  std::string given;
  given.swap(constraintName);
  if (in_.accept("not", "null")) {
    column.notNull = true;
    if (in_.accept("on", "conflict")) in_.next();
  } else if (in_.accept("null")) {
    column.notNull = false;
  } else if (in_.accept("default")) {
    column.defaultValue = Value{parseDefault(in_), at, ""};
    if (column.defaultValue->expr.kind == SqlKind::null) column.defaultValue.reset();
  } else if (in_.accept("primary", "key") || in_.accept("key")) {
    if (!in_.accept("asc")) in_.accept("desc");
    if (in_.accept("on", "conflict")) in_.next();
    key(table, {{column.name, {}, false}}, given);
  } else if (in_.accept("unique")) {
    in_.accept("key");
    if (in_.accept("on", "conflict")) in_.next();
    unique(table, given, {{column.name, {}, false}}, at);
  } else if (in_.accept("auto_increment") || in_.accept("autoincrement")) {
    column.autoIncrement = true;
  } else if (in_.accept("check")) {
    expect("(");
    SqlExpr e = parseExpression(in_);
    expect(")");
    if (in_.accept("not", "enforced"))
      schema_.lose(at, "a check of " + columnName(table, column), "it is not enforced there");
    else
      table.checks.push_back({given, std::move(e), at, ""});
    in_.accept("enforced");
  } else if (in_.accept("references")) {
    references(table, {column.name}, given, at);
  } else if (in_.accept("comment")) {
    column.comment = in_.next().value;
  } else if (in_.accept("collate")) {
    const std::string collation = lowered(in_.next().value);
    if (collation != "binary")
      schema_.lose(at, "COLLATE of " + columnName(table, column), "the language has no collations");
  } else if (in_.at("generated") || in_.at("as")) {
    if (in_.accept("generated")) in_.accept("always");
    expect("as");
    expect("(");
    column.computed = Value{parseExpression(in_), at, ""};
    expect(")");
    column.stored = in_.accept("stored") || in_.accept("persistent");
    if (!column.stored) in_.accept("virtual");
  } else if (in_.accept("on", "update")) {
    parseDefault(in_);
    schema_.lose(at, "ON UPDATE of " + columnName(table, column),
                 "a property has a default for new rows only; `std.audit` has mixins for this");
  } else if (in_.accept("character", "set") || in_.accept("charset") || in_.accept("after") ||
             in_.accept("storage") || in_.accept("column_format")) {
    in_.next();  // every text is Unicode; where a column is kept is the database's affair
  } else if (!in_.accept("first") && !in_.accept("visible") && !in_.accept("invisible") &&
             !in_.accept("virtual") && !in_.accept("not", "deferrable")) {
    unexpected();
  }
  return true;
}

bool ElementReader::atConstraint() const {
  const Token& after = in_.peek(1);
  if (in_.at("constraint")) return true;
  if (in_.at("primary")) return after.is("key");
  if (in_.at("foreign")) return after.is("key");
  if (in_.at("check")) return after.is("(");
  if (in_.at("unique")) return after.isName() || after.is("(");
  if (in_.at("fulltext") || in_.at("spatial"))
    return after.is("key") || after.is("index") || after.is("(");
  if (in_.at("key") || in_.at("index"))
    return after.is("(") || ((after.kind == TokenKind::name || after.kind == TokenKind::word) &&
                             (in_.peek(2).is("(") || in_.peek(2).is("using")));
  return false;
}

void ElementReader::constraint(Table& table) {
  const Span at = span();
  std::string given;
  if (in_.accept("constraint") && !in_.atAny({"primary", "foreign", "check", "unique"}))
    given = name();
  if (in_.accept("primary", "key")) {
    if (in_.accept("using")) in_.next();
    const auto parts = indexParts("the key of table `" + table.name + "`");
    indexOptions("");
    return key(table, parts, given);
  }
  if (in_.accept("foreign", "key")) {
    if (!in_.at("(")) {
      const std::string own = name();
      if (given.empty()) given = own;
    }
    auto columns = columnList();
    expect("references");
    return references(table, std::move(columns), given, at);
  }
  if (in_.accept("check")) {
    expect("(");
    SqlExpr e = parseExpression(in_);
    expect(")");
    if (in_.accept("not", "enforced"))
      schema_.lose(at, "check `" + given + "` of table `" + table.name + "`",
                   "it is not enforced there");
    else
      table.checks.push_back({given, std::move(e), at, ""});
    in_.accept("enforced");
    return;
  }
  const std::string kind = in_.at("fulltext") ? "fulltext" : in_.at("spatial") ? "spatial" : "";
  if (!kind.empty()) in_.next();
  const bool isUnique = in_.accept("unique");
  if (!in_.accept("key")) in_.accept("index");
  if (!in_.at("(") && !in_.at("using")) {
    const std::string own = name();
    given = own;
  }
  if (in_.accept("using")) in_.next();
  const std::string of = "index `" + (given.empty() ? table.name : given) + "`";
  auto parts = indexParts(of);
  indexOptions(of);
  if (isUnique) return unique(table, given, std::move(parts), at);
  Index index;
  index.name = given.empty() ? parts[0].column : given;
  index.parts = std::move(parts);
  index.at = at;
  index.kind = kind;
  table.indexes.push_back(std::move(index));
}

void ElementReader::indexOptions(const std::string& of) {
  for (;;) {
    if (in_.accept("using")) {
      const std::string method = lowered(in_.next().value);
      if (method != "btree" && !of.empty())
        schema_.lose(span(), "USING of " + of, "the language has no word for it");
    } else if (in_.accept("on", "conflict") || in_.accept("key_block_size") ||
               in_.accept("comment")) {
      in_.accept("=");
      in_.next();
    } else if (!in_.accept("visible") && !in_.accept("invisible")) {
      return;
    }
  }
}

void ElementReader::key(Table& table, const std::vector<IndexPart>& parts,
                        const std::string& name) {
  table.primaryKey.clear();
  table.keyName = name;
  for (const IndexPart& part : parts) {
    const Column* column = schema_.findColumn(table, part.column);
    table.primaryKey.push_back(column ? column->name : part.column);
  }
}

void ElementReader::unique(Table& table, std::string name, std::vector<IndexPart> parts, Span at) {
  Index index;
  index.name = name.empty() && !parts.empty() ? parts[0].column : std::move(name);
  index.parts = std::move(parts);
  index.unique = true;
  index.at = at;
  table.indexes.push_back(std::move(index));
}

ir::RefAction ElementReader::action() {
  if (in_.accept("cascade")) return ir::RefAction::cascade;
  if (in_.accept("restrict")) return ir::RefAction::restrict;
  if (in_.accept("set", "null")) return ir::RefAction::setNull;
  if (in_.accept("set", "default")) return ir::RefAction::setDefault;
  if (in_.accept("no", "action")) return ir::RefAction::noAction;
  unexpected();
}

void ElementReader::references(Table& table, std::vector<std::string> columns, std::string name,
                               Span at) {
  ForeignKey key;
  key.name = name.empty() ? dialect_.foreignKeyName(table) : std::move(name);
  key.columns = std::move(columns);
  key.table = this->name();
  if (in_.at("(")) key.tableColumns = columnList();
  key.at = at;
  for (;;) {
    if (in_.accept("on", "delete")) {
      key.onDelete = action();
    } else if (in_.accept("on", "update")) {
      key.onUpdate = action();
    } else if (in_.accept("match")) {
      in_.next();
    } else if (in_.at("deferrable") || (in_.at("not") && in_.peek(1).is("deferrable"))) {
      const bool deferred = !in_.accept("not");
      in_.next();
      if (in_.accept("initially")) in_.next();
      if (deferred)
        schema_.lose(at, "DEFERRABLE of a foreign key of table `" + table.name + "`",
                     "references are checked at once");
    } else {
      break;
    }
  }
  table.foreignKeys.push_back(std::move(key));
}

}  // namespace cambium::importing
