#include <algorithm>
#include <memory>

#include "compiler/artifact/seal.h"
#include "compiler/artifact/unseal_reader.h"
#include "compiler/base/sha256.h"

namespace cambium::artifact {

namespace json = simdjson::dom;

constexpr size_t kMaxJsonDepth = 2048;

// Names and types first, then what refers to them.
bool BodyReader::read(json::element body) {
  return fields(body, "the model",
                [&](std::string_view key, json::element v) {
                  if (key == "package") return text(v, model_.package);
                  if (key == "version") return text(v, model_.version);
                  if (key == "doc") return text(v, model_.doc);
                  if (key == "naming") return word(v, kNamings, model_.naming);
                  if (key == "enums") return each(v, [&](auto e) { return enumeration(e); });
                  if (key == "roles") return each(v, [&](auto e) { return role(e); });
                  if (key == "tags") return each(v, [&](auto e) { return tagGroup(e); });
                  return key == "aliases" || key == "entities" || key == "migration" ||
                         isDeclaration(key) || unknown(key);
                }) &&
         sorted(model_.enums, "enums") && optionalList(body, "aliases", &BodyReader::aliasName) &&
         sorted(model_.aliases, "aliases") &&
         optionalList(body, "entities", &BodyReader::entityName) &&
         sorted(model_.entities, "entities") && numbered(body, "aliases", &BodyReader::alias) &&
         numbered(body, "entities", &BodyReader::shape) &&
         numbered(body, "entities", &BodyReader::targets) &&
         numbered(body, "entities", &BodyReader::expressions) && declarations(body) &&
         migrationOf(body);
}

// ---------------------------------------------------------------- declarations

bool BodyReader::enumeration(json::element value) {
  ir::Enum e;
  const bool ok =
      name(value, e.name) && fields(value, "an enum", [&](std::string_view key, json::element v) {
        if (key == "name") return true;
        if (key == "doc") return text(v, e.doc);
        if (key == "values")
          return each(v, [&](json::element x) { return enumValue(x, e.values.emplace_back()); });
        return unknown(key);
      });
  if (ok) model_.enums.add(std::move(e));
  return ok;
}

bool BodyReader::enumValue(json::element value, ir::EnumValue& out) {
  return name(value, out.name) &&
         fields(value, "a value", [&](std::string_view key, json::element v) {
           if (key == "name") return true;
           if (key == "doc") return text(v, out.doc);
           if (key == "title") return text(v, out.title);
           return unknown(key);
         });
}

bool BodyReader::aliasName(json::element value) {
  ir::Alias a;
  if (!name(value, a.name)) return false;
  model_.aliases.add(std::move(a));
  return true;
}

bool BodyReader::alias(json::element value, uint32_t i) {
  ir::Alias& a = model_.aliases[ir::AliasId(i)];
  json::element typeField;
  if (value["type"].get(typeField)) return fail("`" + a.name + "` has no type");
  if (!type(typeField, a.type)) return in("`" + a.name + "`", false);
  return in("`" + a.name + "`", fields(value, "a type", [&](std::string_view key, json::element v) {
              if (key == "name" || key == "type") return true;
              if (key == "alias") return aliasOf(v, a.type);
              if (key == "doc") return text(v, a.doc);
              // `alias` sorts before `where`: the type is complete by now.
              if (key == "where") return optionalExpr(v, a.where, Scope{{}, a.type});
              return unknown(key);
            }));
}

bool BodyReader::entityName(json::element value) {
  ir::Entity e;
  if (!name(value, e.name)) return false;
  model_.entities.add(std::move(e));
  return true;
}

bool BodyReader::shape(json::element value, uint32_t i) {
  const ir::EntityId id(i);
  ir::Entity& e = model_.entities[id];
  return in("`" + e.name + "`",
            fields(value, "an entity", [&](std::string_view key, json::element v) {
              if (key == "name" || key == "key") return true;
              if (key == "doc") return text(v, e.doc);
              if (key == "lifecycle") return word(v, kLifecycles, e.lifecycle);
              if (key == "deprecation") return text(v, e.deprecation);
              if (key == "remove after") return text(v, e.removeAfter);
              if (key == "exposed") return flag(v, e.exposed);
              if (key == "label") return text(v, e.label);
              if (key == "made") return word(v, kMadeEntities, e.made);
              if (key == "made of") return text(v, e.madeOf);
              if (key == "contains") return texts(v, e.contains);
              if (key == "table") return text(v, e.table);
              if (key == "mixins") return texts(v, e.mixins);
              if (key == "native") return textMap(v, e.native);
              if (key == "groups")
                return each(v, [&](json::element g) { return group(g, e.groups.emplace_back()); });
              if (key == "properties")
                return each(v, [&](json::element p) { return property(p, id); });
              if (key == "uniques" || key == "indexes" || key == "checks") return true;
              return unknown(key);
            }));
}

bool BodyReader::group(json::element value, ir::Group& out) {
  return name(value, out.name) &&
         fields(value, "a group", [&](std::string_view key, json::element v) {
           if (key == "name") return true;
           if (key == "title") return text(v, out.title);
           if (key == "parent") return text(v, out.parent);
           return unknown(key);
         });
}

bool BodyReader::property(json::element value, ir::EntityId entity) {
  ir::Property p;
  p.entity = entity;
  if (!name(value, p.name)) return false;
  if (model_.findProperty(entity, p.name)) return fail("`" + p.name + "` is there twice");
  bool kinds = false;
  const auto kind = [&](ir::PropertyKind kind) {
    p.kind = kind;
    return std::exchange(kinds, true) ? fail("says two things at once") : true;
  };
  const bool ok = fields(value, "a property", [&](std::string_view key, json::element v) {
    if (key == "name" || key == "computed" || key == "default" || key == "where") return true;
    if (key == "type") return kind(ir::PropertyKind::value) && type(v, p.type);
    if (key == "alias") return aliasOf(v, p.type);
    if (key == "ref") return kind(ir::PropertyKind::reference) && target(v, p.target);
    if (key == "many") return kind(ir::PropertyKind::many) && target(v, p.target);
    if (key == "through") return target(v, p.through);
    if (key == "through here") return text(v, p.throughHere);
    if (key == "through there") return text(v, p.throughThere);
    if (key == "made") return word(v, kMadeProperties, p.made);
    if (key == "deprecation") return text(v, p.deprecation);
    if (key == "remove after") return text(v, p.removeAfter);
    if (key == "exposed") return flag(v, p.exposed);
    if (key == "label") return text(v, p.label);
    if (key == "optional") return flag(v, p.type.optional);
    if (key == "inverse") return text(v, p.inverse);
    if (key == "doc") return text(v, p.doc);
    if (key == "column") return text(v, p.column);
    if (key == "foreign key") return text(v, p.foreignKey);
    if (key == "deferrable") return word(v, kDeferrals, p.deferral);
    if (key == "native") return textMap(v, p.native);
    if (key == "group") return text(v, p.group);
    if (key == "origin") return text(v, p.origin);
    if (key == "sensitive") return text(v, p.sensitive);
    if (key == "autoincrement") return flag(v, p.autoincrement);
    if (key == "deprecated") return flag(v, p.deprecated);
    if (key == "draft") return flag(v, p.draft);
    if (key == "stored") return flag(v, p.stored);
    if (key == "unique") return flag(v, p.unique);
    if (key == "on delete") return word(v, kRefActions, p.onDelete);
    if (key == "on update") return word(v, kRefActions, p.onUpdate);
    if (key == "no index") {
      bool none = false;
      const bool read = flag(v, none);
      p.indexed = !none;
      return read;
    }
    return unknown(key);
  });
  if (!in("`" + p.name + "`", ok && (kinds || fail("has no type")))) return false;
  model_.entities[entity].properties.push_back(model_.properties.add(std::move(p)));
  return true;
}

bool BodyReader::target(json::element value, ir::EntityId& out) {
  std::string_view view;
  if (value.get(view)) return fail("is not a string");
  const auto found = model_.findEntity(view);
  if (!found) return fail("`" + std::string(view) + "` is not an entity");
  out = *found;
  return true;
}

bool BodyReader::targets(json::element value, uint32_t i) {
  const ir::EntityId id(i);
  ir::Entity& e = model_.entities[id];
  json::element key;
  if (!value["key"].get(key)) {
    const bool ok = each(key, [&](json::element v) {
      std::string_view view;
      if (v.get(view)) return fail("is not a string");
      const auto found = model_.findProperty(id, view);
      if (!found) return fail("`" + std::string(view) + "` is not a property");
      e.key.properties.push_back(*found);
      return true;
    });
    if (!ok) return in("`" + e.name + "`: `key`", false);
  }
  for (const auto p : e.properties) {
    const ir::Property& property = model_.properties[p];
    if (!property.inverse.empty() && !model_.findProperty(property.target, property.inverse))
      return in("`" + e.name + "`: `" + property.name + "`", fail("`inverse` is not a property"));
    for (const auto& side : {property.throughHere, property.throughThere})
      if (property.through && !model_.findProperty(property.through, side))
        return in("`" + e.name + "`: `" + property.name + "`",
                  fail("`" + side + "` is not a reference of what it goes through"));
  }
  return true;
}

bool BodyReader::expressions(json::element value, uint32_t i) {
  const ir::EntityId id(i);
  ir::Entity& e = model_.entities[id];
  const Scope scope{id, {}};
  return in(
      "`" + e.name + "`", fields(value, "an entity", [&](std::string_view key, json::element v) {
        if (key == "properties") {
          size_t n = 0;
          return each(v,
                      [&](json::element p) { return propertyExpressions(p, e.properties[n++]); });
        }
        if (key == "uniques")
          return each(v,
                      [&](json::element u) { return indexed(u, e.uniques.emplace_back(), scope); });
        if (key == "indexes")
          return each(v,
                      [&](json::element x) { return indexed(x, e.indexes.emplace_back(), scope); });
        if (key == "checks")
          return each(v, [&](json::element c) { return check(c, e.checks.emplace_back(), scope); });
        return true;
      }));
}

bool BodyReader::propertyExpressions(json::element value, ir::PropertyId id) {
  ir::Property& p = model_.properties[id];
  const Scope scope{p.entity, p.type};
  return in("`" + p.name + "`",
            fields(value, "a property", [&](std::string_view key, json::element v) {
              if (key == "computed") return optionalExpr(v, p.computed, scope);
              if (key == "default") return optionalExpr(v, p.defaultValue, scope);
              if (key == "where") return optionalExpr(v, p.where, scope);
              return true;
            }));
}

template <class T>
bool BodyReader::indexed(json::element value, T& out, const Scope& scope) {
  return fields(value, "an index", [&](std::string_view key, json::element v) {
    if (key == "name") return text(v, out.name);
    if (key == "database name") return text(v, out.databaseName);
    if (key == "doc") return text(v, out.doc);
    if (key == "where") return optionalExpr(v, out.where, scope);
    if (key == "include")
      return each(v, [&](json::element x) { return expr(x, out.include.emplace_back(), scope); });
    if constexpr (std::is_same_v<T, ir::Unique>)
      if (key == "constraint") return flag(v, out.constraint);
    if constexpr (std::is_same_v<T, ir::Index>)
      if (key == "using") return textMap(v, out.method);
    if (key == "parts")
      return each(v, [&](json::element x) { return part(x, out.parts.emplace_back(), scope); });
    return unknown(key);
  });
}

bool BodyReader::part(json::element value, ir::IndexPart& out, const Scope& scope) {
  bool there = false;
  return fields(value, "a part",
                [&](std::string_view key, json::element v) {
                  if (key == "descending") return flag(v, out.descending);
                  if (key == "expr") return there = true, expr(v, out.expr, scope);
                  if (key == "native") return textMap(v, out.native);
                  return unknown(key);
                }) &&
         (there || fail("has no `expr`"));
}

bool BodyReader::check(json::element value, ir::Check& out, const Scope& scope) {
  bool there = false;
  return fields(value, "a check",
                [&](std::string_view key, json::element v) {
                  if (key == "condition") return there = true, expr(v, out.condition, scope);
                  if (key == "name") return text(v, out.name);
                  if (key == "database name") return text(v, out.databaseName);
                  if (key == "message") return text(v, out.message);
                  if (key == "doc") return text(v, out.doc);
                  return unknown(key);
                }) &&
         (there || fail("has no `condition`"));
}

// ---------------------------------------------------------------- migration

bool BodyReader::path(json::element value, ir::Path& out) {
  std::vector<std::string> parts;
  if (!texts(value, parts)) return false;
  if (parts.empty() || parts.size() > 2) return fail("is not a path");
  out.entity = std::move(parts[0]);
  if (parts.size() == 2) out.property = std::move(parts[1]);
  return true;
}

bool BodyReader::assignment(json::element value, ir::Assignment& out) {
  return fields(value, "an assignment", [&](std::string_view key, json::element v) {
    if (key == "property") return text(v, out.property);
    if (key == "value") return expr(v, out.value, kOtherVersion);
    return unknown(key);
  });
}

bool BodyReader::transform(json::element value, ir::TransformRule& out) {
  return fields(value, "a transform", [&](std::string_view key, json::element v) {
    if (key == "from entity") return text(v, out.fromEntity);
    if (key == "to entity") return text(v, out.toEntity);
    if (key == "by") return text(v, out.by);
    if (key == "from") return texts(v, out.from);
    if (key == "to") return texts(v, out.to);
    if (key == "up")
      return each(v, [&](json::element a) { return assignment(a, out.up.emplace_back()); });
    if (key == "down")
      return each(v, [&](json::element a) { return assignment(a, out.down.emplace_back()); });
    return unknown(key);
  });
}

bool BodyReader::rename(json::element value, ir::RenameRule& out) {
  return fields(value, "a rename", [&](std::string_view key, json::element v) {
    if (key == "from") return path(v, out.from);
    if (key == "to") return text(v, out.to);
    return unknown(key);
  });
}

bool BodyReader::fill(json::element value, ir::FillRule& out) {
  return fields(value, "a fill", [&](std::string_view key, json::element v) {
    if (key == "to") return path(v, out.to);
    if (key == "value") return expr(v, out.value, kOtherVersion);
    return unknown(key);
  });
}

bool BodyReader::approval(json::element value, ir::ApprovalRule& out) {
  out.kind = ir::ApprovalKind::drop;
  return fields(value, "an approval", [&](std::string_view key, json::element v) {
    if (key == "from") return path(v, out.from);
    if (key == "kind") return word(v, kApprovals, out.kind);
    if (key == "reason") return text(v, out.reason);
    return unknown(key);
  });
}

bool BodyReader::migrationOf(json::element body) {
  json::element value;
  if (body["migration"].get(value)) return true;
  ir::Migration& m = model_.migrations.emplace_back();
  return in(
      "`migration`", fields(value, "a migration", [&](std::string_view key, json::element v) {
        if (key == "from") return text(v, m.from);
        if (key == "to") return text(v, m.to);
        if (key == "renames")
          return each(v, [&](json::element x) { return rename(x, m.renames.emplace_back()); });
        if (key == "transforms")
          return each(v,
                      [&](json::element x) { return transform(x, m.transforms.emplace_back()); });
        if (key == "fills")
          return each(v, [&](json::element x) { return fill(x, m.fills.emplace_back()); });
        if (key == "approvals")
          return each(v, [&](json::element x) { return approval(x, m.approvals.emplace_back()); });
        return unknown(key);
      }));
}

// ---------------------------------------------------------------- the document

namespace {

Failure<UnsealError> failure(UnsealError::Kind kind, std::string detail) {
  return {UnsealError{kind, std::move(detail)}};
}

// Why a text is no JSON, as somebody sees it who looks at the file.
Failure<UnsealError> notJson(std::string_view document, simdjson::error_code error) {
  const auto said = [](std::string detail) {
    return failure(UnsealError::Kind::notJson, std::move(detail));
  };
  if (document.find_first_not_of(" \t\r\n") == std::string_view::npos) return said("it is empty");
  if (document.starts_with("<<<<<<< ") || document.find("\n<<<<<<< ") != std::string_view::npos)
    return said("it holds the marks of a merge that is not finished (`<<<<<<<`)");
  if (error == simdjson::UTF8_ERROR) return said("it is not UTF-8");
  if (error == simdjson::DEPTH_ERROR) return said("it is nested deeper than any version is");
  if (error == simdjson::CAPACITY || error == simdjson::MEMALLOC) return said("it is too large");
  return said("it is not JSON, or not the whole of it");
}

// The document without blanks between tokens: the form whose tail is the sealed body.
std::string compacted(std::string_view document) {
  std::string out(document.size() + simdjson::SIMDJSON_PADDING, '\0');
  size_t length = 0;
  if (simdjson::minify(document.data(), document.size(), out.data(), length)) return {};
  out.resize(length);
  return out;
}

}  // namespace

Result<ir::Model, UnsealError> unseal(std::string_view document) {
  using Kind = UnsealError::Kind;
  json::parser parser;
  json::element root;
  if (const auto error = parser.allocate(std::max<size_t>(document.size(), 64), kMaxJsonDepth))
    return notJson(document, error);
  if (const auto error = parser.parse(document.data(), document.size()).get(root))
    return notJson(document, error);

  std::string_view format, digest;
  if (root["cambium"].get(format))
    return failure(Kind::malformed, "it does not say of which format it is");
  if (format != "model/1")
    return failure(Kind::unknownFormat,
                   "its format is `" + std::string(format) + "`, known is `model/1`");
  json::element body;
  if (root["digest"].get(digest)) return failure(Kind::malformed, "it has no `digest`");
  if (root["model"].get(body)) return failure(Kind::malformed, "it has no `model`");

  const std::string compact = compacted(document);
  const std::string head =
      "{\"cambium\":\"model/1\",\"digest\":\"" + std::string(digest) + "\",\"model\":";
  if (!compact.starts_with(head) || !compact.ends_with('}'))
    return failure(Kind::malformed, "its members are not `cambium`, `digest`, `model`");
  const auto sealed =
      std::string_view(compact).substr(head.size(), compact.size() - head.size() - 1);
  if (const std::string actual = sha256Hex(sealed); actual != digest)
    return failure(Kind::tampered,
                   "its content has the digest " + actual + ", not " + std::string(digest));

  BodyReader reader;
  if (!reader.read(body)) return failure(Kind::malformed, reader.takeProblem());
  return reader.takeModel();
}

}  // namespace cambium::artifact
