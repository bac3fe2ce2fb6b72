#include "compiler/catalog/lower_names.h"

#include <algorithm>
#include <utility>

#include "compiler/catalog/names.h"
#include "compiler/catalog/sql.h"

namespace cambium::catalog {

namespace {

// "a, b" → a | b
std::vector<std::string> splitNames(std::string_view text) {
  std::vector<std::string> out;
  for (size_t at = 0; at <= text.size();) {
    const size_t comma = std::min(text.find(',', at), text.size());
    std::string_view name = text.substr(at, comma - at);
    while (name.starts_with(' ')) name.remove_prefix(1);
    while (name.ends_with(' ')) name.remove_suffix(1);
    out.emplace_back(name);
    at = comma + 1;
  }
  return out;
}

class Placer {
public:
  Placer(const ir::Model& model, const Traits& traits, DiagnosticSink& sink)
      : model_(model), traits_(traits), sink_(sink), state_(model.entities.size()) {
    out_.keys.resize(model.entities.size());
    out_.leaves.resize(model.properties.size());
    out_.lowered.columns.resize(model.properties.size());
  }

  Placement run() {
    for (const ir::Entity& entity : model_.entities) {
      std::string name = isDeployed(entity) ? tableName(entity, model_.naming) : std::string();
      if (entity.table.empty()) name = cutName(std::move(name), traits_.maxIdentifierBytes);
      out_.lowered.tables.push_back(std::move(name));
    }
    for (uint32_t i = 0; i < model_.entities.size(); ++i) {
      const ir::Entity& entity = model_.entities[ir::EntityId(i)];
      if (isDeployed(entity))
        for (const ir::PropertyId id : entity.properties) place(id);
    }
    return std::move(out_);
  }

private:
  // The key columns of an entity, made when first asked for: keys may be made of references to
  // other entities.
  const std::vector<KeyColumn>& keyOf(ir::EntityId id) {
    State& state = state_[id.index()];
    auto& key = out_.keys[id.index()];
    if (state != State::untouched)
      return key;  // a key made of itself (an error of its own) is without columns
    state = State::running;
    std::vector<KeyColumn> made;
    for (const ir::PropertyId part : model_[id].key.properties) {
      place(part);
      const auto& columns = out_.lowered.columns[part.index()];
      for (size_t i = 0; i < columns.size(); ++i)
        made.push_back({columns[i], out_.leaves[part.index()][i]});
    }
    key = std::move(made);
    return key;
  }

  void place(ir::PropertyId id) {
    const ir::Property& p = model_[id];
    auto& columns = out_.lowered.columns[id.index()];
    if (!columns.empty()) return;
    switch (p.kind) {
      case ir::PropertyKind::many: return;
      case ir::PropertyKind::value:
        columns.push_back(p.column.empty() ? cutName(p.name, traits_.maxIdentifierBytes)
                                           : p.column);
        out_.leaves[id.index()].push_back(id);
        return;
      case ir::PropertyKind::reference: return placeReference(id, p);
    }
  }

  void placeReference(ir::PropertyId id, const ir::Property& p) {
    if (!p.target) return;
    const std::vector<KeyColumn> key = keyOf(p.target);
    std::vector<std::string> given;
    std::string stem = p.name;
    if (key.size() == 1 && !p.column.empty()) given = {p.column};
    if (key.size() > 1 && !p.column.empty()) {
      // Either the beginning of all names, or all the names.
      if (p.column.find(',') == std::string::npos)
        stem = p.column;
      else
        given = splitNames(p.column);
    }
    if (!given.empty() && given.size() != key.size()) {
      sink_.add(report<Code::DDL007>(p.span, p.name, key.size(), given.size()))
          .help("name all of them, in the order of the key: `@column(\"first, second\")`");
      given.clear();
    }
    std::vector<std::string> columns;
    for (size_t i = 0; i < key.size(); ++i) {
      columns.push_back(given.empty() ? derivedName(stem, {key[i].name}, traits_.maxIdentifierBytes)
                                      : given[i]);
      out_.leaves[id.index()].push_back(key[i].leaf);
    }
    out_.lowered.columns[id.index()] = std::move(columns);
  }

  enum class State : unsigned char { untouched, running };
  const ir::Model& model_;
  const Traits& traits_;
  DiagnosticSink& sink_;
  std::vector<State> state_;
  Placement out_;
};

}  // namespace

bool isDeployed(const ir::Entity& entity) {
  switch (entity.lifecycle) {
    case ir::Lifecycle::active:
    case ir::Lifecycle::deprecated:
    case ir::Lifecycle::deleted: return true;  // rows stay until their removal is approved
    case ir::Lifecycle::draft:
    case ir::Lifecycle::external: return false;
  }
  return true;
}

Placement placeNames(const ir::Model& model, const Traits& traits, DiagnosticSink& sink) {
  return Placer(model, traits, sink).run();
}

std::vector<std::string> columnsOf(const ir::Model& model, const Lowered& lowered,
                                   ir::EntityId entity) {
  std::vector<std::string> out;
  for (const ir::PropertyId id : model[entity].properties)
    for (const auto& column : lowered.columnsOf(id)) out.push_back(column);
  return out;
}

SqlContext entityContext(const ir::Model& model, const Lowered& lowered, ir::EntityId entity,
                         const Traits& traits, std::string prefix,
                         std::function<std::string(const std::string&)> rename) {
  auto native = [&model, &lowered, entity, &traits, prefix, rename](const std::string& sql) {
    return nativeOver(sql, columnsOf(model, lowered, entity), traits,
                      [&](const std::string& column) {
                        return prefix + traits.quote(rename ? rename(column) : column);
                      });
  };
  auto property = [&model, &lowered, entity, &traits, prefix = std::move(prefix),
                   rename =
                       std::move(rename)](const std::vector<std::string>& path) -> std::string {
    const auto id = path.empty() ? std::nullopt : model.findProperty(entity, path.front());
    if (!id || lowered.columnsOf(*id).empty()) return "NULL";
    // Of a reference with several columns only its being null can be asked, which any of them
    // tells.
    const std::string& column = lowered.columnsOf(*id).front();
    return prefix + traits.quote(rename ? rename(column) : column);
  };
  return SqlContext{model, traits, std::move(property), {}, std::move(native)};
}

}  // namespace cambium::catalog
