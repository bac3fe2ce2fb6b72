// Prisma's schema language: models become tables, relation fields foreign keys with the names of
// both sides, lists on both sides many-to-many relations.
#include <algorithm>
#include <map>

#include "plugins/import/import.h"
#include "plugins/import/prisma_parser.h"
#include "plugins/import/prisma_types.h"

namespace cambium::importing {
namespace {

using prisma::Attribute;
using prisma::Block;
using prisma::Field;
using prisma::ValueKind;

// A relation field: one side of a relation.
struct Side {
  const Block* model;
  const Field* field;
  const Attribute* relation;  // null without @relation
  std::string name;           // of the relation, "" = none
  bool holds = false;         // has `fields:`
};

class Reader {
public:
  explicit Reader(std::vector<Block> blocks) : blocks_(std::move(blocks)) {
    schema_.caseSensitive = true;
  }

  Schema run() {
    for (const Block& block : blocks_) {
      if (block.kind == "datasource") datasource(block);
      if (block.kind == "model") models_[block.name] = &block;
      if (block.kind == "enum") enums_[block.name] = &block;
    }
    for (const Block& block : blocks_) {
      if (block.kind == "enum") enumeration(block);
      if (block.kind == "view")
        schema_.addObject({"view", block.name, "", block.at,
                           "a view of the language is written by hand: `view V of E { … }`"});
      if (block.kind == "type")
        schema_.addObject(
            {"type", block.name, "", block.at, "the language has no composite types"});
    }
    for (const Block& block : blocks_)
      if (block.kind == "model") model(block);
    relations();
    return std::move(schema_);
  }

private:
  static std::string mapped(const Attribute* map, const std::string& name) {
    const prisma::Value* value = map ? map->argument("name", 0) : nullptr;
    return value ? value->value : name;
  }
  static std::string tableOf(const Block& model) { return mapped(model.find("map"), model.name); }
  static std::string columnOf(const Field& field) { return mapped(field.find("map"), field.name); }
  static std::string shown(const Block& model, const Field& field) {
    return "`" + model.name + "." + field.name + "`";
  }

  void datasource(const Block& block) {
    for (const auto& [name, value] : block.settings) {
      if (name == "provider") provider_ = value.value;
      if (name == "url" && value.kind == ValueKind::call && value.value == "env" &&
          !value.args.empty())
        schema_.urlVariable = value.args[0].value;
      if (name == "relationMode" && value.value == "prisma")
        schema_.lose(block.at, "`relationMode = \"prisma\"`",
                     "a reference has its foreign key in the database");
    }
    schema_.dialect = provider_ == "postgresql" || provider_ == "postgres" ? "postgres"
                      : provider_ == "mysql"                               ? "mariadb"
                      : provider_ == "sqlite"                              ? "sqlite"
                                                                           : "";
  }

  void enumeration(const Block& block) {
    Enum e;
    e.name = block.name;
    e.declared = block.name;
    e.comment = block.comment;
    e.at = block.at;
    for (const Field& member : block.fields)
      e.values.push_back({columnOf(member), member.name, member.comment});
    schema_.enums.push_back(std::move(e));
  }

  // ---------------------------------------------------------------- models
  void model(const Block& block) {
    Table table;
    table.name = tableOf(block);
    table.entity = block.name;
    table.comment = block.comment;
    table.at = block.at;
    for (const Field& field : block.fields) {
      if (models_.contains(field.type))
        side(block, field);
      else
        column(table, block, field);
    }
    for (const Attribute& attribute : block.attributes) blockAttribute(table, block, attribute);
    schema_.tables.push_back(std::move(table));
  }

  void column(Table& table, const Block& block, const Field& field) {
    const auto type = prisma::typeOf(field, provider_, enums_.contains(field.type));
    if (!type)
      return schema_.lose(field.at, "field " + shown(block, field),
                          "there is no type `" + field.type + "`");
    Column column;
    column.name = columnOf(field);
    column.property = field.name;
    column.type = *type;
    column.notNull = !field.optional;
    column.comment = field.comment;
    column.at = field.at;
    for (const Attribute& a : field.attributes) {
      if (a.name == "id") {
        table.primaryKey = {column.name};
        column.notNull = true;
      } else if (a.name == "unique") {
        Index index;
        if (const auto* map = a.argument("map")) index.name = map->value;
        index.parts.push_back({column.name, {}, false});
        index.unique = true;
        index.at = a.at;
        table.indexes.push_back(std::move(index));
      } else if (a.name == "default") {
        defaultOf(column, block, field, a);
      } else if (a.name == "updatedAt") {
        schema_.lose(a.at, "`@updatedAt` of " + shown(block, field),
                     "the client sets it; `std.audit` has mixins for this");
      } else if (a.name != "map" && !a.name.starts_with("db.") && a.name != "ignore") {
        schema_.lose(a.at, "`@" + a.name + "` of " + shown(block, field),
                     "the language has no word for it");
      }
    }
    table.columns.push_back(std::move(column));
  }

  void defaultOf(Column& column, const Block& block, const Field& field, const Attribute& a) {
    const prisma::Value* value = a.argument("value", 0);
    if (!value) return;
    std::string why;
    // A member of an enum may have another name in the database.
    if (const auto found = enums_.find(field.type); found != enums_.end()) {
      prisma::Value stored = *value;
      const auto rename = [&](prisma::Value& v) {
        if (const Field* member = found->second->field(v.value)) v.value = columnOf(*member);
      };
      rename(stored);
      for (prisma::Value& item : stored.args) rename(item);
      if (auto e = prisma::defaultOf(stored, column.type, column.autoIncrement, why))
        column.defaultValue = importing::Value{std::move(*e), a.at, ""};
      return;
    }
    if (auto e = prisma::defaultOf(*value, column.type, column.autoIncrement, why))
      column.defaultValue = importing::Value{std::move(*e), a.at, ""};
    else if (!why.empty())
      schema_.lose(a.at, "the default of " + shown(block, field), why);
  }

  std::vector<IndexPart> parts(const Block& block, const Attribute& a, std::string& aside) {
    std::vector<IndexPart> out;
    const prisma::Value* fields = a.argument("fields", 0);
    if (!fields) return out;
    // `@@index(name)` is `@@index([name])`.
    const std::vector<prisma::Value> one{*fields};
    for (const prisma::Value& item : fields->kind == ValueKind::list ? fields->args : one) {
      IndexPart part;
      const Field* field = block.field(item.value);
      part.column = field ? columnOf(*field) : item.value;
      for (const prisma::Value& option : item.args) {
        if (option.name == "sort") part.descending = option.value == "Desc";
        if (option.name == "ops" && schema_.dialect == "postgres")
          part.native = classOf(option);
        else if (option.name == "ops")
          aside = "its operator class";
        if (option.name == "length") aside = "the length of a part";
      }
      out.push_back(std::move(part));
    }
    return out;
  }

  // `JsonbPathOps` is the server's `jsonb_path_ops`, `raw("gin_trgm_ops")` is what it says.
  static std::string classOf(const prisma::Value& ops) {
    if (ops.kind == ValueKind::call) return ops.args.empty() ? "" : ops.args.front().value;
    std::string out;
    for (const char c : ops.value) {
      if (c >= 'A' && c <= 'Z' && !out.empty()) out += '_';
      out += c >= 'A' && c <= 'Z' ? char(c + 32) : c;
    }
    return out;
  }

  static std::vector<std::string> columnsOf(const Index& index) {
    std::vector<std::string> out;
    for (const IndexPart& part : index.parts) out.push_back(part.column);
    return out;
  }

  void blockAttribute(Table& table, const Block& block, const Attribute& a) {
    std::string aside;
    if (a.name == "id") {
      for (const IndexPart& part : parts(block, a, aside)) table.primaryKey.push_back(part.column);
      return;
    }
    if (a.name == "unique" || a.name == "index" || a.name == "fulltext") {
      Index index;
      index.parts = parts(block, a, aside);
      index.unique = a.name == "unique";
      index.at = a.at;
      if (const auto* map = a.argument("map")) index.name = map->value;
      if (const auto* type = a.argument("type"); type && type->value != "BTree") {
        const std::string method = lowered(type->value);
        // Elsewhere nobody knows what it would be. What these find, a B-tree finds, too.
        if (schema_.dialect == "postgres")
          index.kind = method;
        else if (method == "hash" || method == "brin")
          schema_.lose(a.at,
                       "the method " + method + " of the index on " + listed(columnsOf(index)) +
                           " of `" + block.name + "`",
                       "it is an ordinary index");
        else
          index.lost = "a " + method + " index is one of PostgreSQL";
      }
      if (a.name == "fulltext" && schema_.dialect == "mariadb")
        index.kind = "fulltext";
      else if (a.name == "fulltext")
        index.lost = "a full-text index is one of MySQL";
      if (a.argument("where")) index.lost = "its condition is SQL of the database";
      if (!aside.empty() && index.lost.empty())
        schema_.lose(a.at, aside + " of an index of `" + block.name + "`",
                     "the language has no word for it");
      table.indexes.push_back(std::move(index));
      return;
    }
    if (a.name != "map" && a.name != "ignore")
      schema_.lose(a.at, "`@@" + a.name + "` of `" + block.name + "`",
                   "the language has no word for it");
  }

  // ---------------------------------------------------------------- relations
  void side(const Block& block, const Field& field) {
    Side side{&block, &field, field.find("relation"), "", false};
    if (side.relation) {
      if (const auto* name = side.relation->argument("name", 0);
          name && name->kind == ValueKind::text)
        side.name = name->value;
      side.holds = side.relation->argument("fields") != nullptr;
    }
    sides_.push_back(std::move(side));
  }

  const Side* otherOf(const Side& side) const {
    for (const Side& other : sides_)
      if (&other != &side && other.model->name == side.field->type &&
          other.field->type == side.model->name && other.name == side.name)
        return &other;
    return nullptr;
  }

  void relations() {
    for (const Side& side : sides_) {
      const Side* other = otherOf(side);
      if (side.holds) {
        foreignKey(side, other);
      } else if (!other) {
        schema_.lose(side.field->at, "relation " + shown(*side.model, *side.field),
                     "its other side is not there");
      } else if (side.field->list && other->field->list && !other->holds && &side < other) {
        schema_.relations.push_back({tableOf(*side.model), side.field->name, side.field->comment,
                                     tableOf(*other->model), other->field->name, side.field->at, "",
                                     tableBetween(side, *other)});
      }
    }
  }

  // `_CategoryToPost`, or the name of the relation behind the underscore.
  static std::string tableBetween(const Side& a, const Side& b) {
    if (!a.name.empty()) return "_" + a.name;
    return "_" + std::min(a.model->name, b.model->name) + "To" +
           std::max(a.model->name, b.model->name);
  }

  static ir::RefAction actionOf(const prisma::Value* value, ir::RefAction unsaid) {
    if (!value) return unsaid;
    if (value->value == "Cascade") return ir::RefAction::cascade;
    if (value->value == "Restrict") return ir::RefAction::restrict;
    if (value->value == "SetNull") return ir::RefAction::setNull;
    if (value->value == "SetDefault") return ir::RefAction::setDefault;
    return ir::RefAction::noAction;
  }

  std::vector<std::string> columns(const Block& model, const prisma::Value* list) const {
    std::vector<std::string> out;
    if (!list) return out;
    for (const prisma::Value& item : list->args) {
      const Field* field = model.field(item.value);
      out.push_back(field ? columnOf(*field) : item.value);
    }
    return out;
  }

  void foreignKey(const Side& side, const Side* other) {
    Table* table = schema_.findTable(tableOf(*side.model));
    const Block& target = *models_.at(side.field->type);
    ForeignKey key;
    if (const auto* map = side.relation->argument("map")) key.name = map->value;
    key.columns = columns(*side.model, side.relation->argument("fields"));
    key.table = tableOf(target);
    key.tableColumns = columns(target, side.relation->argument("references"));
    key.onDelete =
        actionOf(side.relation->argument("onDelete"),
                 side.field->optional ? ir::RefAction::setNull : ir::RefAction::restrict);
    key.onUpdate = actionOf(side.relation->argument("onUpdate"), ir::RefAction::cascade);
    key.property = side.field->name;
    key.comment = side.field->comment;
    if (other) {
      key.inverse = other->field->name;
      key.inverseComment = other->field->comment;
    }
    key.at = side.field->at;
    table->foreignKeys.push_back(std::move(key));
  }

  std::vector<Block> blocks_;
  std::map<std::string, const Block*> models_, enums_;
  std::vector<Side> sides_;
  std::string provider_;
  Schema schema_;
};

}  // namespace

ReadSchema readPrisma(const SourceMap& sources, std::span<const FileId> files) {
  std::vector<Block> blocks;
  for (const FileId file : files) {
    auto parsed = prisma::parse(sources[file], file);
    if (!parsed)
      return Failure{report<Code::IMP001>({file, parsed.error().at, parsed.error().at},
                                          sources[file].name(), displayNameOf(Format::prisma),
                                          parsed.error().message)};
    for (Block& block : *parsed) blocks.push_back(std::move(block));
  }
  return Reader(std::move(blocks)).run();
}

}  // namespace cambium::importing
