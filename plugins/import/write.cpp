#include "plugins/import/write.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "compiler/catalog/lower.h"
#include "compiler/catalog/names.h"
#include "compiler/catalog/raise_column.h"
#include "plugins/import/cam_expr.h"
#include "plugins/import/cam_text.h"

namespace cambium::importing {
namespace {

class Writer {
public:
  Writer(Schema& schema, const WriteOptions& options)
      : schema_(schema), options_(options), layout_(layOut(schema)) {
    makeModel();
  }

  Written run() {
    out_.naming = layout_.naming;
    for (size_t i = 0; i < schema_.aliases.size(); ++i) alias(i);
    for (size_t i = 0; i < schema_.enums.size(); ++i) enumeration(i);
    for (size_t i = 0; i < layout_.entities.size(); ++i) entity(i);
    return std::move(out_);
  }

private:
  // Opens a piece; it is closed when the object goes.
  class Open {
  public:
    Open(Written& out, std::string& lost) : out_(out), index_(out.pieces.size()) {
      out.pieces.push_back({out.text.size(), 0, &lost});
    }
    Open(const Open&) = delete;
    Open& operator=(const Open&) = delete;
    ~Open() { out_.pieces[index_].end = out_.text.size(); }

  private:
    Written& out_;
    size_t index_;
  };

  // ---------------------------------------------------------------- what expressions need to know
  void makeModel() {
    for (size_t i = 0; i < schema_.enums.size(); ++i) {
      ir::Enum e;
      e.name = layout_.enums[i];
      for (const std::string& member : layout_.members[i]) e.values.push_back({member, "", "", {}});
      model_.enums.add(std::move(e));
    }
    for (const EntityLayout& entity : layout_.entities)
      for (const auto& [column, name] : entity.propertyOf) {
        ir::Property p;
        p.name = name;
        model_.properties.add(std::move(p));
      }
  }

  ir::Type typeOf(const Type& type) const {
    ir::Type out;
    out.scalar = type.scalar;
    out.length = type.length;
    out.precision = type.precision;
    out.scale = type.scale;
    out.list = type.list;
    if (type.scalar == ir::Scalar::enumeration) {
      const Enum* e = schema_.findEnum(type.enumeration);
      if (e && e->lost.empty())
        out.enumeration = ir::EnumId(static_cast<uint32_t>(e - schema_.enums.data()));
      else
        out.scalar = ir::Scalar::text;
    }
    return out;
  }

  std::string typeText(const Type& type, bool optional) const {
    ir::Type plain = typeOf(type);
    plain.list = false;
    std::string text = plain.enumeration ? camTypeName(layout_.enums[plain.enumeration.index()])
                                         : ir::toString(plain, model_);
    if (const Alias* alias = schema_.findAlias(type.alias); alias && alias->lost.empty())
      text = camTypeName(layout_.aliases[size_t(alias - schema_.aliases.data())]);
    return text + (type.list ? "[]" : "") + (optional ? "?" : "");
  }

  Result<Operand> operand(const EntityLayout& entity, const std::string& name) const {
    const Column* column = schema_.findColumn(*entity.table, name);
    if (!column) return Failure{"there is no column `" + name + "`"};
    const auto property = entity.propertyOf.find(column->name);
    if (property == entity.propertyOf.end() || !column->lost.empty())
      return Failure{"column `" + name + "` is not carried over"};
    if (const Reference* r = entity.referenceOf(schema_, column->name)) {
      if (r->columns.size() > 1)
        return Failure{"`" + name + "` is one of several columns of a reference"};
      const Table& target = *layout_.entities[r->target].table;
      if (const Column* key = schema_.findColumn(target, target.primaryKey[0]))
        return Operand{property->second, typeOf(key->type)};
    }
    Operand out{property->second, typeOf(column->type)};
    out.type.optional = !column->notNull;
    return out;
  }

  Result<std::string> expression(const SqlExpr& e, const EntityLayout& entity,
                                 const ir::Type* want) const {
    const ExprScope scope{model_, schema_,
                          [&](const std::string& name) { return operand(entity, name); },
                          std::nullopt};
    const auto made = camExpr(e, scope, want);
    if (!made) return Failure{made.error()};
    if (want && want->enumeration && made->kind == ir::ExprKind::member) return member(*made);
    return ir::toString(*made, model_);
  }

  // Where an enum is expected a bare word will do, unless a property has that name.
  std::string member(const ir::Expr& e) const {
    const bool isProperty = std::ranges::any_of(
        model_.properties, [&](const ir::Property& p) { return p.name == e.text; });
    return isProperty ? ir::toString(e, model_) : camName(e.text);
  }

  // ---------------------------------------------------------------- types
  void doc(const std::string& comment, std::string_view indent) {
    out_.text += camDoc(comment, indent);
  }

  void alias(size_t index) {
    Alias& a = schema_.aliases[index];
    if (!a.lost.empty()) return;
    std::string where;
    if (a.where && a.where->lost.empty()) {
      const ExprScope scope{model_, schema_,
                            [](const std::string& name) -> Result<Operand> {
                              return Failure{"`" + name + "` is no part of a domain"};
                            },
                            typeOf(a.type)};
      if (const auto made = camExpr(a.where->expr, scope, nullptr))
        where = ir::toString(*made, model_);
      else
        a.where->lost = made.error();
    }
    out_.text += "\n";
    const Open open(out_, a.lost);
    doc(a.comment, "");
    Type plain = a.type;
    plain.alias.clear();
    out_.text += "type " + camName(layout_.aliases[index]) + " = " + typeText(plain, false);
    if (!where.empty()) {
      const Open inner(out_, a.where->lost);
      out_.text += " where " + where;
    }
    out_.text += "\n";
  }

  void enumeration(size_t index) {
    Enum& e = schema_.enums[index];
    if (!e.lost.empty()) return;
    for (size_t i = 0; i < e.values.size(); ++i) e.values[i].member = layout_.members[index][i];
    if (e.values.empty()) {
      e.lost = "it has no members";
      return;
    }
    ++out_.carried.enums;
    out_.text += "\n";
    const Open open(out_, e.lost);
    doc(e.comment, "");
    const bool documented = std::ranges::any_of(
        e.values, [](const EnumValue& value) { return !value.comment.empty(); });
    std::string line;
    for (size_t i = 0; i < e.values.size(); ++i) {
      const std::string& name = layout_.members[index][i];
      std::string one = camName(name);
      if (name != e.values[i].text) one += " " + camText(e.values[i].text);
      if (documented)
        line += camDoc(e.values[i].comment, "  ") + "  " + one + "\n";
      else
        line += (line.empty() ? "" : ", ") + one;
    }
    const std::string head = "enum " + camName(layout_.enums[index]) + " {";
    constexpr size_t kLine = 100;
    if (documented) {
      out_.text += head + "\n" + line + "}\n";
    } else if (head.size() + line.size() + 4 <= kLine) {
      out_.text += head + " " + line + " }\n";
    } else {
      std::string broken;
      for (size_t at = 0; at <= line.size();) {
        const size_t end = std::min(line.find(", ", at), line.size());
        broken += "  " + line.substr(at, end - at) + "\n";
        at = end + 2;
      }
      out_.text += head + "\n" + broken + "}\n";
    }
  }

  // ---------------------------------------------------------------- entities
  void entity(size_t index) {
    EntityLayout& e = layout_.entities[index];
    Table& table = *e.table;
    out_.text += "\n";
    const Open open(out_, table.lost);
    doc(table.comment, "");
    out_.text += "entity " + camName(e.name);
    if (!e.isDerived) out_.text += " @table(" + camText(table.name) + ")";
    if (table.withoutRowid) out_.text += " @native(sqlite: \"STRICT, WITHOUT ROWID\")";
    out_.text += " {\n";
    ++out_.carried.tables;
    ++out_.carried.keys;

    std::vector<std::string> key;
    for (const std::string& name : table.primaryKey)
      if (const auto property = e.propertyOf.find(name);
          property != e.propertyOf.end() && (key.empty() || key.back() != property->second))
        key.push_back(property->second);
    std::set<std::string> done;
    for (Column& column : table.columns) {
      const auto property = e.propertyOf.find(column.name);
      if (property == e.propertyOf.end() || !column.lost.empty()) continue;
      if (!done.insert(property->second).second) continue;
      const bool isKey = key.size() == 1 && key[0] == property->second;
      if (const Reference* r = e.referenceOf(schema_, column.name))
        reference(e, *r, isKey);
      else
        value(e, column, isKey);
    }
    inverses(index);
    const size_t before = out_.text.size();
    if (key.size() > 1) {
      std::string parts;
      for (const std::string& part : key) parts += (parts.empty() ? "" : ", ") + camName(part);
      out_.text += "  key (" + parts + ")\n";
    }
    indexes(e);
    checks(e);
    if (out_.text.size() > before) {
      // A blank line before what stands under the properties.
      out_.text.insert(before, "\n");
      for (Piece& piece : out_.pieces)
        if (piece.begin >= before && piece.lost != &table.lost) ++piece.begin, ++piece.end;
    }
    out_.text += "}\n";
  }

  bool isKeyColumn(const Table& table, const std::string& column) const {
    return std::ranges::any_of(table.primaryKey,
                               [&](const std::string& name) { return schema_.same(name, column); });
  }

  void value(EntityLayout& e, Column& column, bool isKey) {
    Table& table = *e.table;
    const bool inKey = isKeyColumn(table, column.name);
    std::string computed;
    const ir::Type type = typeOf(column.type);
    if (column.computed) {
      const auto made = expression(column.computed->expr, e, &type);
      if (!made) {
        column.lost = "it is computed, and " + made.error();
        e.propertyOf.erase(column.name);
        return;
      }
      computed = *made;
    }
    doc(column.comment, "  ");
    const std::string& name = e.propertyOf[column.name];
    // Without a part of its key the whole entity is gone.
    const Open open(out_, inKey ? table.lost : column.lost);
    ++out_.carried.columns;
    out_.text += std::string("  ") + (isKey ? "key " : "") + camName(name) + ": " +
                 typeText(column.type, !inKey && !column.notNull);
    const bool whole = type.scalar == ir::Scalar::int16 || type.scalar == ir::Scalar::int32 ||
                       type.scalar == ir::Scalar::int64;
    if (column.autoIncrement && isKey && whole && !table.withoutRowid)
      out_.text += " = autoincrement()";
    if (!computed.empty()) {
      out_.text += " = " + computed + " computed" + (column.stored ? " stored" : "");
    } else if (column.defaultValue && column.defaultValue->lost.empty() &&
               !(column.autoIncrement && isKey)) {
      const auto made = expression(column.defaultValue->expr, e, &type);
      if (made) {
        const Open inner(out_, column.defaultValue->lost);
        out_.text += " = " + *made;
      } else {
        column.defaultValue->lost = made.error();
      }
    }
    if (isUnique(e, {column.name})) {
      out_.text += " @unique";
      ++out_.carried.uniques;
    }
    if (name != column.name) out_.text += " @column(" + camText(column.name) + ")";
    if (!column.type.native.empty() && !schema_.dialect.empty())
      out_.text += " @native(" + schema_.dialect + ": " + camText(column.type.native) + ")";
    out_.text += "\n";
  }

  void reference(EntityLayout& e, const Reference& r, bool isKey) {
    const EntityLayout& target = layout_.entities[r.target];
    const Column& first = *schema_.findColumn(*e.table, r.columns[0]);
    doc(r.key->comment.empty() ? first.comment : r.key->comment, "  ");
    const Open open(out_, r.key->lost);
    ++out_.carried.references;
    out_.carried.columns += r.columns.size();
    out_.text += std::string("  ") + (isKey ? "key " : "") + camName(r.property) + ": ref " +
                 camName(target.name) + (r.required ? "" : "?");
    Column& column = *schema_.findColumn(*e.table, r.columns[0]);
    if (r.columns.size() == 1 && column.defaultValue && column.defaultValue->lost.empty()) {
      const Column* key = schema_.findColumn(*target.table, target.table->primaryKey[0]);
      const ir::Type type = typeOf(key ? key->type : column.type);
      const auto made = expression(column.defaultValue->expr, e, &type);
      if (made) {
        const Open inner(out_, column.defaultValue->lost);
        out_.text += " = " + *made;
      } else {
        column.defaultValue->lost = made.error();
      }
    }
    if (r.key->onDelete != ir::RefAction::restrict)
      out_.text += " on delete " + std::string(camAction(r.key->onDelete));
    if (r.key->onUpdate != ir::RefAction::noAction)
      out_.text += " on update " + std::string(camAction(r.key->onUpdate));
    if (isUnique(e, r.columns)) {
      out_.text += " @unique";
      ++out_.carried.uniques;
    }
    if (!isIndexed(e, r)) out_.text += " @noindex";
    if (r.key->deferral == ir::Deferral::immediate) out_.text += " @deferrable";
    if (r.key->deferral == ir::Deferral::deferred) out_.text += " @deferrable(deferred)";
    std::vector<std::string> derived;
    std::string given;
    for (size_t i = 0; i < r.columns.size(); ++i) {
      derived.push_back(catalog::derivedName(r.property, {target.table->primaryKey[i]}, 63));
      given += (given.empty() ? "" : ", ") + r.columns[i];
    }
    if (derived != r.columns) out_.text += " @column(" + camText(given) + ")";
    out_.text += "\n";
  }

  void inverses(size_t index) {
    for (EntityLayout& other : layout_.entities)
      for (const Reference& r : other.references) {
        if (r.target != index || !r.key->inverseLost.empty()) continue;
        doc(r.key->inverseComment, "  ");
        const Open open(out_, r.key->inverseLost);
        out_.text += "  " + camName(r.inverse) + ": many " + camName(other.name) + " inverse " +
                     camName(r.property) + "\n";
      }
    for (ManyToMany& relation : schema_.relations) {
      if (!relation.lost.empty()) continue;
      const Table& table = *layout_.entities[index].table;
      const auto write = [&](const std::string& name, const std::string& target,
                             const std::string& inverse) {
        const auto other = layout_.find(schema_, target);
        if (!other) return;
        const Open open(out_, relation.lost);
        out_.text += "  " + camName(name) + ": many " + camName(layout_.entities[*other].name) +
                     (inverse.empty() ? "" : " inverse " + camName(inverse)) + "\n";
      };
      if (schema_.same(relation.table, table.name)) {
        doc(relation.comment, "  ");
        write(relation.property, relation.otherTable, "");
        ++out_.carried.references;
      }
      if (schema_.same(relation.otherTable, table.name) && !relation.otherProperty.empty())
        write(relation.otherProperty, relation.table, relation.property);
    }
  }

  // ---------------------------------------------------------------- indexes
  bool isExactly(const Index& index, const std::vector<std::string>& columns) const {
    return index.lost.empty() && !index.where && index.isUsual() &&
           std::ranges::equal(index.parts, columns,
                              [&](const IndexPart& part, const std::string& name) {
                                return !part.descending && schema_.same(part.column, name);
                              });
  }
  bool begins(const Index& index, const std::vector<std::string>& columns) const {
    if (!index.lost.empty() || index.where || !index.isUsual() ||
        index.parts.size() < columns.size())
      return false;
    for (size_t i = 0; i < columns.size(); ++i)
      if (!schema_.same(index.parts[i].column, columns[i])) return false;
    return true;
  }

  // The unique of one property is said at the property.
  bool isUnique(const EntityLayout& e, const std::vector<std::string>& columns) const {
    return std::ranges::any_of(e.table->indexes, [&](const Index& index) {
      return index.unique && isSaid(e, index) && isExactly(index, columns);
    });
  }

  // True if the index is said by a property: its unique, or the one that a reference has anyway.
  bool isSaid(const EntityLayout& e, const Index& index) const {
    if (options_.keepNames || index.parts.empty() || index.parts[0].column.empty()) return false;
    if (index.unique && index.parts.size() == 1 && isExactly(index, {index.parts[0].column}) &&
        !e.referenceOf(schema_, index.parts[0].column))
      return true;
    const Reference* r = e.referenceOf(schema_, index.parts[0].column);
    return r && isExactly(index, r->columns);
  }

  bool isIndexed(const EntityLayout& e, const Reference& r) const {
    // MySQL's foreign keys bring their index along.
    if (schema_.dialect == "mariadb") return true;
    std::vector<std::string> key = e.table->primaryKey;
    key.resize(std::min(key.size(), r.columns.size()));
    if (std::ranges::equal(key, r.columns,
                           [&](const auto& a, const auto& b) { return schema_.same(a, b); }))
      return true;
    return std::ranges::any_of(e.table->indexes, [&](const Index& index) {
      return begins(index, r.columns) && (!options_.keepNames || !isExactly(index, r.columns));
    });
  }

  Result<std::string> parts(const EntityLayout& e, const Index& index) const {
    std::string out;
    for (size_t at = 0; at < index.parts.size();) {
      const IndexPart& part = index.parts[at];
      std::string text;
      size_t step = 1;
      if (part.column.empty()) {
        auto made = expression(part.expr, e, nullptr);
        if (!made) return made;
        text = *made;
      } else {
        const Column* column = schema_.findColumn(*e.table, part.column);
        const auto property = column ? e.propertyOf.find(column->name) : e.propertyOf.end();
        if (property == e.propertyOf.end())
          return Failure{"its column `" + part.column + "` is not carried over"};
        if (const Reference* r = e.referenceOf(schema_, column->name)) {
          step = r->columns.size();
          for (size_t i = 0; i < step; ++i)
            if (at + i >= index.parts.size() ||
                !schema_.same(index.parts[at + i].column, r->columns[i]) ||
                index.parts[at + i].descending != part.descending ||
                index.parts[at + i].native != part.native)
              return Failure{"it has only some of the columns of the reference `" + r->property +
                             "`, or another order"};
        }
        text = camName(property->second);
      }
      out += (out.empty() ? "" : ", ") + text + (part.descending ? " desc" : "");
      if (!part.native.empty())
        out += fmt::format(" @native({}: {})", schema_.dialect, camText(part.native));
      at += step;
    }
    return out;
  }

  // ` @using(…) @include(…)`
  Result<std::string> kindOf(const EntityLayout& e, const Index& index) const {
    std::string out;
    if (!index.kind.empty()) out += fmt::format(" @using({}: \"{}\")", schema_.dialect, index.kind);
    std::string carried;
    for (size_t at = 0; at < index.include.size();) {
      const Column* column = schema_.findColumn(*e.table, index.include[at]);
      const auto property = column ? e.propertyOf.find(column->name) : e.propertyOf.end();
      if (property == e.propertyOf.end())
        return Failure{"its column `" + index.include[at] + "` is not carried over"};
      size_t step = 1;
      if (const Reference* r = e.referenceOf(schema_, column->name)) {
        step = r->columns.size();
        for (size_t i = 0; i < step; ++i)
          if (at + i >= index.include.size() || !schema_.same(index.include[at + i], r->columns[i]))
            return Failure{"it carries along only some of the columns of the reference `" +
                           r->property + "`"};
      }
      carried += (carried.empty() ? "" : ", ") + camName(property->second);
      at += step;
    }
    return carried.empty() ? out : out + " @include(" + carried + ")";
  }

  void indexes(EntityLayout& e) {
    std::set<std::string> seen;
    for (Index& index : e.table->indexes) {
      if (!index.lost.empty()) continue;
      if (isSaid(e, index)) {
        if (!index.unique) ++out_.carried.indexes;
        continue;
      }
      const auto made = parts(e, index);
      std::string where;
      if (made && index.where) {
        const auto condition = expression(*index.where, e, nullptr);
        if (!condition) {
          index.lost = "of its condition " + condition.error();
          continue;
        }
        where = *condition;
      }
      if (!made) {
        index.lost = made.error();
        continue;
      }
      const auto kind = kindOf(e, index);
      if (!kind) {
        index.lost = kind.error();
        continue;
      }
      const Open open(out_, index.lost);
      ++(index.unique ? out_.carried.uniques : out_.carried.indexes);
      out_.text += index.unique ? "  unique " : "  index ";
      // Two of the same parts would have the same name.
      std::string words = index.unique ? "uq" : "ix";
      for (const IndexPart& part : index.parts) words += "_" + part.column;
      if (!seen.insert(words).second && !options_.keepNames)
        out_.text += camName(e.take(catalog::identifier(index.name))) + " ";
      out_.text += "(" + *made + ")";
      if (!where.empty()) out_.text += " where " + where;
      out_.text += *kind;
      if (options_.keepNames && !index.name.empty())
        out_.text += " @name(" + camText(index.name) + ")";
      out_.text += "\n";
    }
  }

  // ---------------------------------------------------------------- checks
  void checks(EntityLayout& e) {
    for (Check& check : e.table->checks) {
      if (!check.lost.empty()) continue;
      const auto made =
          check.native.empty() ? expression(check.expr, e, nullptr) : nativeOf(check.native);
      if (!made) {
        check.lost = made.error();
        continue;
      }
      const Open open(out_, check.lost);
      ++out_.carried.checks;
      const std::string label = checkLabel(e, check);
      out_.text += "  check " + (label.empty() ? "" : camName(label) + ": ") + *made;
      if (options_.keepNames && !check.name.empty())
        out_.text += " @name(" + camText(check.name) + ")";
      out_.text += "\n";
    }
  }

  Result<std::string> nativeOf(const std::string& sql) const {
    return "sql(" + schema_.dialect + ": " + camText(sql) + ") @allow(DDL010, \"as it was\")";
  }

  // "film_rental_positive_check" → "rental_positive"; "" where that says nothing.
  std::string checkLabel(EntityLayout& e, const Check& check) const {
    std::string name = catalog::snakeCase(catalog::identifier(check.name));
    if (check.name.empty()) return "";
    const std::string table = catalog::snakeCase(catalog::identifier(e.table->name));
    for (const std::string& prefix : {std::string("ck_"), std::string("chk_"), table + "_"})
      if (name.starts_with(prefix)) name.erase(0, prefix.size());
    for (const std::string_view ending : {"_check", "_chk", "_ck", "_excl"})
      if (name.ends_with(ending)) name.resize(name.size() - ending.size());
    if (name.empty() || name == "check" || name == table || e.taken.contains(catalog::folded(name)))
      return "";
    return e.take(name);
  }

  Schema& schema_;
  const WriteOptions& options_;
  Layout layout_;
  ir::Model model_;
  Written out_;
};

}  // namespace

Written write(Schema& schema, const WriteOptions& options) {
  return Writer(schema, options).run();
}

}  // namespace cambium::importing
