#include "compiler/catalog/version_faces.h"

#include <fmt/core.h>

#include <map>

#include "compiler/catalog/lower_views.h"
#include "compiler/catalog/name_clashes.h"
#include "compiler/catalog/names.h"

namespace cambium::catalog {
namespace {

// "shop", "1.4.0" → "shop_v1_4_0"
std::string withVersion(const std::string& name, const std::string& version) {
  std::string out = name + "_v" + version;
  for (char& c : out) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!letter && !(c >= '0' && c <= '9') && static_cast<unsigned char>(c) < 0x80) c = '_';
  }
  return out;
}

Face faceOf(const ir::Model& model, ir::EntityId id, const Table& table, const Lowered& lowered,
            const Traits& traits) {
  Face face{table.name, table.name, table.primaryKey, {}, {}, {}};
  if (traits.versionSchemas)
    face.schema = cutName(withVersion(model.package, model.version), traits.maxIdentifierBytes);
  else
    face.name = cutName(withVersion(table.name, model.version), traits.maxIdentifierBytes);
  // Of a view that asks with the rights of who asks it, all columns must be allowed to be read.
  // Where policies hide rows that is what it takes; else the grants on the view are enough.
  face.ownerRights =
      !table.grants.empty() && !table.rowSecurity && !traits.grantedViewOptions.empty();
  for (const auto& name : columnsOf(model, lowered, id)) {
    const Column* column = table.findColumn(name);
    if (!column) continue;
    face.columns.emplace_back(name, name);
    if (!column->generatedSql.empty()) face.generated.push_back(name);
    if (!column->defaultSql.empty()) face.defaults.emplace_back(name, column->defaultSql);
  }
  return face;
}

}  // namespace

std::string viewNameOf(const Face& face) {
  return face.schema.empty() ? face.name : face.schema + "." + face.name;
}

View viewOf(const Face& face, const std::vector<Grant>& grants, const Traits& traits) {
  return {viewNameOf(face), traits.faceView(face), grants, face.schema};
}

std::vector<View> viewsOf(const Face& face, const std::vector<Grant>& grants,
                          const Traits& traits) {
  std::vector<View> out;
  if (!face.below.empty())
    out.push_back({face.schema.empty() ? face.below : face.schema + "." + face.below,
                   traits.faceBelow(face),
                   // Who asks the face asks it with rights of their own, unless the owner does.
                   face.ownerRights ? std::vector<Grant>() : grants, face.schema});
  out.push_back(viewOf(face, grants, traits));
  return out;
}

std::vector<Trigger> triggersOf(const Face& face, const Traits& traits) {
  std::vector<Trigger> out;
  for (auto& [name, sql] : traits.faceTriggers(face))
    out.push_back({name, viewNameOf(face), std::move(sql)});
  return out;
}

void addFace(const ir::Model& model, const Traits& traits, Lowered& lowered, DiagnosticSink& sink) {
  std::map<std::string, Named> taken;  // by folded name
  for (uint32_t i = 0; i < model.entities.size(); ++i) {
    const ir::Entity& entity = model.entities[ir::EntityId(i)];
    if (const auto& name = lowered.tables[i]; !name.empty())
      taken.emplace(folded(name), Named{"the table", entity.name, "", entity.span});
  }
  for (const ir::View& view : model.views)
    taken.emplace(folded(cutName(viewName(view, model.naming), traits.maxIdentifierBytes)),
                  Named{"the view", view.name, "", view.span});
  for (uint32_t i = 0; i < model.entities.size(); ++i) {
    const ir::EntityId id(i);
    const ir::Entity& entity = model[id];
    const Table* table = lowered.catalog.findTable(lowered.table(id));
    // What is deleted no application sees.
    if (!table || entity.lifecycle == ir::Lifecycle::deleted) continue;
    VersionView view{id, faceOf(model, id, *table, lowered, traits), table->grants};
    const std::string name = viewNameOf(view.face);
    const Named named{"the version's view", entity.name, "", entity.span};
    const auto [at, fresh] = taken.try_emplace(folded(name), named);
    if (!fresh) {
      reportSameName(sink, name, at->second, named,
                     "give the other one another name with `@table(\"…\")`");
      continue;
    }
    if (table->rowSecurity && traits.viewOptions.empty())
      sink.add(report<Code::DDL052>(entity.span, traits.displayName, "security_invoker"))
          .note("policies hide rows of `" + entity.name +
                "`, and the view in the version's face would show them")
          .help("`access direct` for this environment, or a server of another version");
    lowered.catalog.put(viewOf(view.face, view.grants, traits));
    for (auto& trigger : triggersOf(view.face, traits)) lowered.catalog.put(std::move(trigger));
    lowered.faces.push_back(std::move(view));
  }
}

}  // namespace cambium::catalog
