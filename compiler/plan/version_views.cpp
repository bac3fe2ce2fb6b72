// The faces of versions (`access views`). The old version's is there from the start: while names
// are swapped it is away, then it looks at its columns under the names that they have by then, and
// it goes with what it shows. The new version's comes at the switch; until contract it leaves empty
// what only old applications write.
#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>

#include "compiler/catalog/version_faces.h"
#include "compiler/plan/node.h"

namespace cambium::plan {
namespace {

using catalog::Face;
using catalog::VersionView;

class VersionViews {
public:
  explicit VersionViews(Context& c) : c_(c) {
    for (const auto& node : c.nodes) {
      for (const auto& op : node.operations)
        if (const auto* rename = std::get_if<RenameColumn>(&op);
            rename && node.transition == Transition::namesSwap)
          moved_[rename->table].emplace(rename->from, rename->to);
      if (info(node.transition).phase == Phase::contract) contracting_.insert(node.table);
    }
    for (const auto& view : c.from.faces) before_.insert(catalog::viewNameOf(view.face));
    for (const auto& view : c.to.faces) after_.insert(catalog::viewNameOf(view.face));
  }

  void run() {
    const auto errors = c_.sink.errorCount();
    free();
    if (c_.sink.errorCount() != errors) return;
    for (const auto& view : c_.from.faces) old(view);
    for (const auto& view : c_.to.faces) fresh(view);
    const auto switching = [&](Transition transition, std::string title,
                               std::vector<Operation>& operations) {
      if (operations.empty()) return;
      c_.add(transition, "", std::string(kFace), std::move(title), Node::kNoChange, Span{})
          .operations = std::move(operations);
    };
    switching(Transition::versionViewSuspend, "", suspend_);
    switching(Transition::versionViewResume, "", resume_);
    switching(Transition::versionViewCreate,
              fmt::format("the face of {}, of {}", c_.b().version, viewsInWords(created_)),
              create_);
    switching(Transition::versionViewDrop,
              fmt::format("the face of {} goes, of {}", c_.a().version, viewsInWords(dropped_)),
              drop_);
  }

private:
  static constexpr std::string_view kFace = "face";

  static std::string viewsInWords(size_t count) {
    return count == 1 ? "1 view" : fmt::format("{} views", count);
  }

  // A table of the new version may have the name of a view of the old one's face.
  void free() {
    for (uint32_t i = 0; i < c_.b().entities.size(); ++i) {
      const ir::EntityId id(i);
      const auto& name = c_.to.table(id);
      if (name.empty() || !before_.count(name) || c_.plan.before.findTable(name)) continue;
      c_.sink.add(report<Code::EVO052>(c_.b()[id].span, c_.b()[id].name, name)
                      .note(fmt::format("it is a view of the face of version {}, which is there "
                                        "until contract",
                                        c_.a().version))
                      .help("give it another name with `@table(\"…\")`"));
    }
  }

  std::vector<Operation> make(const VersionView& view, const Face& face) const {
    std::vector<Operation> out;
    for (auto& one : catalog::viewsOf(face, view.grants, c_.traits))
      out.push_back(CreateView{std::move(one)});
    for (auto& trigger : catalog::triggersOf(face, c_.traits))
      out.push_back(CreateTrigger{std::move(trigger)});
    return out;
  }
  std::vector<Operation> remove(const VersionView& view, const Face& face) const {
    std::vector<Operation> out;
    for (const auto& op : make(view, face)) out.insert(out.begin(), *inverse(op));
    return out;
  }
  static void append(std::vector<Operation>& to, std::vector<Operation> more) {
    std::ranges::move(more, std::back_inserter(to));
  }

  // The same view over the names from the switch on.
  Face swapped(const Face& face) const {
    Face out = face;
    const auto at = moved_.find(face.table);
    if (at == moved_.end()) return out;
    const auto follow = [&](std::string& column) {
      const auto to = at->second.find(column);
      if (to != at->second.end()) column = to->second;
    };
    for (auto& [shown, column] : out.columns) follow(column);
    for (auto& column : out.key) follow(column);
    return out;
  }

  void old(const VersionView& view) {
    const Face& face = view.face;
    const auto name = catalog::viewNameOf(face);
    // A version has one face: where its number stays, nothing or the new form takes its place.
    if (after_.count(name)) {
      if (!stays(view)) append(suspend_, remove(view, face));
      return;
    }
    const Face after = swapped(face);
    c_.plan.duties.oldFaces.push_back({name, face, after});
    if (after.columns != face.columns || after.key != face.key) {
      append(suspend_, remove(view, face));
      append(resume_, make(view, after));
    }
    if (!contracting_.count(face.table)) {
      ++dropped_;
      return append(drop_, remove(view, after));
    }
    c_.add(Transition::versionViewDrop, face.table, name, "view " + name + " goes", Node::kNoChange,
           Span{})
        .operations = remove(view, after);
  }

  // The same in both versions, and nothing under it moves.
  bool stays(const VersionView& old) const {
    const auto name = catalog::viewNameOf(old.face);
    const auto at = std::ranges::find(
        c_.to.faces, name, [](const VersionView& view) { return catalog::viewNameOf(view.face); });
    return at != c_.to.faces.end() && !moved_.count(old.face.table) &&
           !c_.oldTableOf.count(at->face.table) &&
           make(old, old.face).size() == make(*at, at->face).size() &&
           catalog::viewOf(old.face, old.grants, c_.traits) ==
               catalog::viewOf(at->face, at->grants, c_.traits) &&
           catalog::triggersOf(old.face, c_.traits) == catalog::triggersOf(at->face, c_.traits);
  }

  void fresh(const VersionView& view) {
    const auto name = catalog::viewNameOf(view.face);
    const auto was = std::ranges::find(
        c_.from.faces, name, [](const VersionView& old) { return catalog::viewNameOf(old.face); });
    if (was != c_.from.faces.end() && stays(*was)) return;
    ++created_;
    const Face middle = untilContract(view.face);
    append(create_, make(view, middle));
    const auto& table = middle.table;
    if (table == view.face.table && middle.blank.empty()) return;
    c_.plan.duties.newFaces.push_back({name, middle, view.face});
    c_.add(Transition::versionViewLeave, table, name, "", Node::kNoChange, Span{}).operations =
        remove(view, middle);
    c_.add(Transition::versionViewSettle, table, name, "", Node::kNoChange, Span{}).operations =
        make(view, view.face);
  }

  // Over the table's old name, and without a word for columns whose defaults are the old version's.
  Face untilContract(const Face& face) const {
    Face out = face;
    out.table = c_.tableBefore(face.table);
    for (const auto& duty : c_.plan.duties.blanks)
      if (duty.table == out.table) out.blank.emplace_back(duty.column, duty.type);
    if (!out.blank.empty() && c_.traits.faceBelow)
      out.below = catalog::derivedName("cambium_insert", {face.name}, c_.traits.maxIdentifierBytes);
    return out;
  }

  Context& c_;
  std::map<std::string, std::map<std::string, std::string>>
      moved_;                             // by table: columns that change their names at the switch
  std::set<std::string> contracting_;     // tables
  std::set<std::string> before_, after_;  // names of views
  std::vector<Operation> suspend_, resume_, create_, drop_;
  size_t created_ = 0, dropped_ = 0;
};

}  // namespace

void addVersionViews(Context& c) {
  VersionViews(c).run();
}

}  // namespace cambium::plan
