// What a sealed version says beside its entities: tags, views, templates, access, configuration.
#include "compiler/artifact/unseal_reader.h"

namespace cambium::artifact {

namespace json = simdjson::dom;

bool BodyReader::isDeclaration(std::string_view key) {
  return key == "views" || key == "templates" || key == "grants" || key == "policies" ||
         key == "schemas" || key == "namespaces";
}

// After the entities, which they speak of.
bool BodyReader::declarations(json::element body) {
  return optionalList(body, "views", &BodyReader::view) &&
         optionalList(body, "templates", &BodyReader::rowTemplate) &&
         optionalList(body, "grants", &BodyReader::grant) &&
         optionalList(body, "policies", &BodyReader::policy) &&
         optionalList(body, "schemas", &BodyReader::schema) &&
         optionalList(body, "namespaces", &BodyReader::configNamespace);
}

bool BodyReader::role(json::element value) {
  ir::Role& out = model_.roles.emplace_back();
  return name(value, out.name) &&
         fields(value, "a role", [&](std::string_view key, json::element v) {
           if (key == "name") return true;
           if (key == "doc") return text(v, out.doc);
           if (key == "title") return text(v, out.title);
           return unknown(key);
         });
}

bool BodyReader::tagGroup(json::element value) {
  ir::TagGroup& out = model_.tagGroups.emplace_back();
  return name(value, out.name) &&
         fields(value, "a tag group", [&](std::string_view key, json::element v) {
           if (key == "name") return true;
           if (key == "doc") return text(v, out.doc);
           if (key == "multiple") return flag(v, out.multiple);
           if (key == "on") return texts(v, out.on);
           if (key == "tags")
             return each(v, [&](json::element x) { return enumValue(x, out.tags.emplace_back()); });
           return unknown(key);
         });
}

bool BodyReader::view(json::element value) {
  ir::View& out = model_.views.emplace_back();
  json::element of;
  if (!name(value, out.name)) return false;
  if (value["of"].get(of)) return fail("`" + out.name + "` is of nothing");
  if (!target(of, out.of)) return in("`" + out.name + "`", false);
  const Scope scope{out.of, {}};
  const auto column = [&](json::element x) {
    ir::ViewColumn& c = out.columns.emplace_back();
    return name(x, c.name) && fields(x, "a column", [&](std::string_view key, json::element v) {
             if (key == "name") return true;
             if (key == "expr") return expr(v, c.expr, scope);
             return unknown(key);
           });
  };
  return in("`" + out.name + "`",
            fields(value, "a view", [&](std::string_view key, json::element v) {
              if (key == "name" || key == "of") return true;
              if (key == "doc") return text(v, out.doc);
              if (key == "database name") return text(v, out.databaseName);
              if (key == "deprecated") return flag(v, out.deprecated);
              if (key == "exposed") return flag(v, out.exposed);
              if (key == "label") return text(v, out.label);
              if (key == "where") return optionalExpr(v, out.where, scope);
              if (key == "columns") return each(v, column);
              return unknown(key);
            }));
}

bool BodyReader::rowTemplate(json::element value) {
  ir::Template& out = model_.templates.emplace_back();
  json::element of;
  if (!name(value, out.name)) return false;
  if (value["of"].get(of)) return fail("`" + out.name + "` is of nothing");
  if (!target(of, out.of)) return in("`" + out.name + "`", false);
  const auto item = [&](json::element x) {
    ir::TemplateValue& t = out.values.emplace_back();
    return fields(x, "a value", [&](std::string_view key, json::element v) {
      if (key == "property") return text(v, t.property);
      if (key == "value") return expr(v, t.value, Scope{out.of, {}});
      return unknown(key);
    });
  };
  return in("`" + out.name + "`",
            fields(value, "a template", [&](std::string_view key, json::element v) {
              if (key == "name" || key == "of") return true;
              if (key == "doc") return text(v, out.doc);
              if (key == "values") return each(v, item);
              return unknown(key);
            }));
}

bool BodyReader::actions(json::element value, std::set<ir::AccessAction>& out) {
  return each(value, [&](json::element v) {
    ir::AccessAction action{};
    return word(v, kAccessActions, action) && (out.insert(action), true);
  });
}

bool BodyReader::grant(json::element value) {
  ir::Grant& out = model_.grants.emplace_back();
  return fields(value, "a grant", [&](std::string_view key, json::element v) {
    if (key == "actions") return actions(v, out.actions);
    if (key == "except") return texts(v, out.except);
    if (key == "on") return text(v, out.on);
    if (key == "roles") return texts(v, out.roles);
    return unknown(key);
  });
}

bool BodyReader::policy(json::element value) {
  ir::Policy& out = model_.policies.emplace_back();
  json::element on;
  if (!name(value, out.name)) return false;
  if (value["on"].get(on)) return fail("`" + out.name + "` is on nothing");
  ir::EntityId entity;
  if (!target(on, entity) || !text(on, out.on)) return in("`" + out.name + "`", false);
  return in("`" + out.name + "`",
            fields(value, "a policy", [&](std::string_view key, json::element v) {
              if (key == "name" || key == "on") return true;
              if (key == "doc") return text(v, out.doc);
              if (key == "actions") return actions(v, out.actions);
              if (key == "roles") return texts(v, out.roles);
              if (key == "condition") return expr(v, out.condition, Scope{entity, {}});
              return unknown(key);
            }));
}

bool BodyReader::setting(json::element value, ir::Setting& out) {
  json::element typeField;
  if (!name(value, out.name)) return false;
  if (value["type"].get(typeField)) return fail("`" + out.name + "` has no type");
  if (!type(typeField, out.type)) return in("`" + out.name + "`", false);
  return in("`" + out.name + "`",
            fields(value, "a setting", [&](std::string_view key, json::element v) {
              if (key == "name" || key == "type") return true;
              if (key == "alias") return aliasOf(v, out.type);
              if (key == "default") return optionalExpr(v, out.defaultValue, Scope{{}, out.type});
              if (key == "where") return optionalExpr(v, out.where, Scope{{}, out.type});
              if (key == "deprecated") return text(v, out.deprecated);
              if (key == "doc") return text(v, out.doc);
              if (key == "environments") return texts(v, out.environments);
              if (key == "immutable") return flag(v, out.immutable);
              if (key == "json schema") return text(v, out.jsonSchema);
              if (key == "rotate ms") return number(v, out.rotateMs);
              if (key == "secret") return flag(v, out.secret);
              if (key == "sensitive") return text(v, out.sensitive);
              return unknown(key);
            }));
}

bool BodyReader::schema(json::element value) {
  ir::Schema& out = model_.schemas.emplace_back();
  return name(value, out.name) &&
         in("`" + out.name + "`",
            fields(value, "a schema", [&](std::string_view key, json::element v) {
              if (key == "name") return true;
              if (key == "doc") return text(v, out.doc);
              if (key == "settings")
                return each(
                    v, [&](json::element x) { return setting(x, out.settings.emplace_back()); });
              return unknown(key);
            }));
}

bool BodyReader::configValue(json::element value, ir::ConfigValue& out) {
  return fields(value, "a value", [&](std::string_view key, json::element v) {
    if (key == "environments") return texts(v, out.environments);
    if (key == "path") return text(v, out.path);
    if (key == "secret") return flag(v, out.secret);
    if (key == "value") return expr(v, out.value, Scope{});
    return unknown(key);
  });
}

bool BodyReader::configNamespace(json::element value) {
  ir::Namespace& out = model_.namespaces.emplace_back();
  const auto use = [&](json::element x) {
    ir::SchemaUse& u = out.uses.emplace_back();
    return fields(x, "a schema", [&](std::string_view key, json::element v) {
      if (key == "prefix") return text(v, u.prefix);
      if (key == "schema") return text(v, u.schema);
      return unknown(key);
    });
  };
  const auto grant = [&](json::element x) {
    ir::NamespaceGrant& g = out.grants.emplace_back();
    return fields(x, "a grant", [&](std::string_view key, json::element v) {
      if (key == "principal") return text(v, g.principal);
      if (key == "role") return word(v, kNamespaceRoles, g.role);
      return unknown(key);
    });
  };
  return fields(value, "a namespace", [&](std::string_view key, json::element v) {
    if (key == "approvals") {
      uint64_t n = 0;
      const bool read = number(v, n);
      out.approvals = unsigned(n);
      return read;
    }
    if (key == "display") return text(v, out.display);
    if (key == "doc") return text(v, out.doc);
    if (key == "grants") return each(v, grant);
    if (key == "isolated") return flag(v, out.isolated);
    if (key == "owner") return text(v, out.owner);
    if (key == "path") return text(v, out.path);
    if (key == "uses") return each(v, use);
    if (key == "values")
      return each(v, [&](json::element x) { return configValue(x, out.values.emplace_back()); });
    return unknown(key);
  });
}

}  // namespace cambium::artifact
