// The views of the model. They are not kept in step with anything: a view is there while a version
// that has it may be in use, in the form of the newer version from the switch on.
#include <algorithm>
#include <map>
#include <set>

#include "compiler/catalog/lower_views.h"
#include "compiler/catalog/names.h"
#include "compiler/plan/middle.h"

namespace cambium::plan {
namespace {

using catalog::View;

class Views {
public:
  explicit Views(Context& c)
      : c_(c), old_(declaredIn(c.a(), c.traits)), new_(declaredIn(c.b(), c.traits)) {
    for (size_t i = 0; i < c.changes.changes.size(); ++i) note(c.changes.changes[i], i);
    for (const auto& node : c.nodes) {
      if (node.transition == Transition::namesSwap) moving_.push_back(node.table);
      if (node.transition == Transition::tableRename) renamed_.push_back(node.table);
      if (info(node.transition).phase == Phase::contract) contracting_.insert(node.table);
    }
  }

  void run() {
    for (const View& view : c_.plan.before.views)
      if (c_.isOldView(view.name)) old(view);
    for (const View& view : c_.plan.after.views) {
      if (c_.newFaces.contains(view.name)) continue;
      fresh(view);
      grants(view);
    }
    release();
  }

private:
  bool speaks(const View& view, const std::string& table) const {
    return catalog::mentionsTable(view.sql, table, c_.traits);
  }
  bool speaksOfAny(const View& view, const std::vector<std::string>& tables) const {
    return std::any_of(tables.begin(), tables.end(),
                       [&](const auto& table) { return speaks(view, table); });
  }

  // A view that both versions have, and nothing under it moves.
  bool stays(const View& view) const {
    const auto* is = c_.plan.after.findView(view.name);
    return is && is->sql == view.sql && !speaksOfAny(view, moving_) && !speaksOfAny(view, renamed_);
  }

  using Declared = std::map<std::string, const ir::View*>;  // by the name in the database

  static Declared declaredIn(const ir::Model& model, const catalog::Traits& traits) {
    Declared out;
    for (const auto& view : model.views)
      out[catalog::cutName(catalog::viewName(view, model.naming), traits.maxIdentifierBytes)] =
          &view;
    return out;
  }
  static const ir::View* find(const Declared& views, const std::string& name) {
    const auto at = views.find(name);
    return at == views.end() ? nullptr : at->second;
  }

  void note(const diff::Change& change, size_t index) {
    const auto view = [&](const auto* one) {
      if (one && one->kind == diff::DeclarationKind::view) changeOf_.try_emplace(one->name, index);
    };
    view(std::get_if<diff::AddDeclaration>(&change));
    if (const auto* one = std::get_if<diff::RenameDeclaration>(&change);
        one && one->kind == diff::DeclarationKind::view) {
      changeOf_.try_emplace(one->oldName, index);
      changeOf_.try_emplace(one->newName, index);
    }
    view(std::get_if<diff::ChangeDeclaration>(&change));
    view(std::get_if<diff::DropDeclaration>(&change));
  }

  size_t changeOf(const ir::View* view) const {
    const auto at = view ? changeOf_.find(view->name) : changeOf_.end();
    return at == changeOf_.end() ? Node::kNoChange : at->second;
  }

  Node& node(Transition transition, const View& view, std::string title, const ir::View* declared) {
    return c_.add(transition, view.name, view.name, std::move(title), changeOf(declared),
                  declared ? declared->span : Span{});
  }

  void old(const View& view) {
    if (stays(view)) return;
    const bool goes = !c_.plan.after.findView(view.name);
    const bool now = !goes || speaksOfAny(view, moving_);
    // One that comes back is told of there.
    auto& leave =
        node(now ? Transition::viewLeave : Transition::viewDrop, view,
             goes ? "view " + view.name + " goes" : "", find(goes ? old_ : new_, view.name));
    if (goes) leave.cause = Span{};
    leave.operations.push_back(DropView{view});
    if (now) return;
    const size_t at = c_.nodes.size() - 1;
    std::vector<std::string> contracting;
    for (const auto& table : c_.plan.before.tables) {
      if (!speaks(view, table.name)) continue;
      c_.nodes[at].provides.push_back("viewless:" + table.name);
      c_.nodes[at].needs.push_back("counted:" + table.name);
      if (contracting_.count(table.name)) contracting.push_back(table.name);
    }
    goTogether(contracting, at);
  }

  // The tables under a view contract in one step with it: what is counted there comes before
  // anything goes, and a view that is back in the end was never missing.
  void goTogether(const std::vector<std::string>& tables, size_t firstNode) {
    if (tables.empty()) return;
    for (const auto& table : tables) contractTogether(c_, tables.front(), table);
    for (size_t i = firstNode; i < c_.nodes.size(); ++i) c_.nodes[i].table = tables.front();
  }

  // Until a table is renamed, a view of the new version looks at it under its old name.
  void fresh(const View& view) {
    const auto* was = c_.plan.before.findView(view.name);
    if (was && stays(*was)) return;
    const auto* model = find(new_, view.name);
    if (c_.plan.before.findTable(view.name)) {
      c_.sink.add(report<Code::EVO052>(model ? model->span : Span{},
                                       model ? model->name : view.name, view.name)
                      .under("a table has this name until contract")
                      .help("give the view another name with `@table(\"…\")`, or publish two "
                            "versions: first one that frees the name"));
      return;
    }
    View middle = view;
    middle.grants = grantsFor(view);
    std::vector<std::string> tables;  // old names
    std::map<std::string, std::string> oldNames;
    for (const auto& [was, is] : c_.newTableOf) {
      if (!speaks(view, is)) continue;
      oldNames.emplace(is, was);
      tables.push_back(was);
    }
    middle.sql = catalog::renameTables(view.sql, oldNames, c_.traits);
    std::sort(tables.begin(), tables.end());
    auto& create = node(Transition::viewCreate, view,
                        "view " + view.name + (was ? " in its new form" : ""), model);
    create.operations.push_back(CreateView{middle});
    if (tables.empty()) return;
    node(Transition::viewDrop, view, "view " + view.name + " leaves", model)
        .operations.push_back(DropView{middle});
    node(Transition::viewSettle, view, "view " + view.name + " is back", model)
        .operations.push_back(CreateView{view});
    auto& leave = c_.nodes[c_.nodes.size() - 2];
    auto& settle = c_.nodes.back();
    for (const auto& table : tables) {
      leave.provides.push_back("viewless:" + table);
      leave.needs.push_back("counted:" + table);
      settle.needs.push_back("renamed:" + table);
    }
    leave.provides.push_back("free:" + view.name);
    settle.needs.push_back("free:" + view.name);
    goTogether(tables, c_.nodes.size() - 2);
  }

  // What is granted on the view while applications of both versions run.
  std::vector<catalog::Grant> grantsFor(const View& view) const {
    const auto* was = c_.plan.before.findView(view.name);
    const auto *before = find(old_, view.name), *now = find(new_, view.name);
    if (!was || !before || !now) return view.grants;
    std::vector<Granted> columns;
    for (const auto& column : now->columns) {
      const bool known = std::ranges::find(before->columns, column.name, &ir::ViewColumn::name) !=
                         before->columns.end();
      columns.push_back({column.name, known ? column.name : std::string(), column.name});
    }
    return grantsOfBoth(columns, was->grants, view.grants);
  }

  // One that is made anew has them from then on; else they are granted at once, and what the new
  // version does not grant goes in the end.
  void grants(const View& view) {
    const auto* was = c_.plan.before.findView(view.name);
    if (!was) return;
    const auto middle = grantsFor(view);
    const auto change = [&](Transition transition, const std::vector<catalog::Grant>& to) {
      const auto* model = find(new_, view.name);
      c_.add(
            transition, view.name, view.name + " grants", "view " + view.name + ": grants",
            model ? changeOfAccess(c_, diff::DeclarationKind::grant, model->name) : Node::kNoChange,
            model ? model->span : Span{})
          .operations.push_back(ChangeGrants{view.name, was->grants, to, true});
    };
    const bool same = stays(*was);
    if (same && middle != was->grants) change(Transition::grantWiden, middle);
    const bool again = std::ranges::any_of(c_.nodes, [&](const Node& node) {
      return node.transition == Transition::viewSettle && node.element == view.name;
    });
    if (!again && middle != view.grants) change(Transition::grantSettle, view.grants);
  }

  // What changes or takes away a table waits for the views that speak of it.
  void release() {
    for (auto& node : c_.nodes) {
      const bool waits =
          node.transition == Transition::tableRename || node.transition == Transition::tableDrop ||
          node.transition == Transition::columnDrop || node.transition == Transition::faceDrop;
      if (waits) node.needs.push_back("viewless:" + node.table);
      if (node.transition == Transition::tableRename)
        node.provides.push_back("renamed:" + node.table);
      if (node.transition == Transition::verifyLoss)
        node.provides.push_back("counted:" + node.table);
    }
  }

  Context& c_;
  Declared old_, new_;
  std::map<std::string, size_t> changeOf_;  // by view
  std::vector<std::string> moving_, renamed_;
  std::set<std::string> contracting_;  // tables
};

}  // namespace

void addViews(Context& c) {
  Views(c).run();
}

}  // namespace cambium::plan
