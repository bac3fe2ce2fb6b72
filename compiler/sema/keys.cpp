// sema/keys.cpp: the key of each entity.
#include <algorithm>

#include "compiler/sema/annotations.h"
#include "compiler/sema/context.h"
#include "compiler/sema/cycles.h"

namespace cambium::sema {
namespace {

std::vector<std::string_view> propertyNames(const Context& c, const ir::Entity& e) {
  std::vector<std::string_view> out;
  for (const auto id : e.properties) out.push_back(c.model[id].name);
  return out;
}

class KeyBuilder {
public:
  KeyBuilder(Context& c, ir::EntityId id)
      : c_(c), entity_(c.model.entities[id]), work_(c.work[id.index()]) {}

  void run() {
    for (const auto id : entity_.properties)
      if (c_.propertyWork[id.index()].member.decl->key && take(c_.model[id].span))
        entity_.key.properties = {id};
    for (const auto& member : work_.keys) {
      readAnnotations(c_, *member.tree, member.decl->annotations, Place::key, member.decl->span);
      if (take(member.decl->span)) list(member);
    }
    if (taken_ == 0 && !work_.pseudo) missing();
    if (taken_ > 1) several();
    for (const auto id : entity_.key.properties) checkPart(id);
  }

private:
  // The first key is the key; true for it alone.
  bool take(Span span) {
    spans_.push_back(span);
    if (taken_++ > 0) return false;
    entity_.key.span = span;
    return true;
  }

  void list(const MemberOf<syntax::KeyDecl>& member) {
    auto& key = entity_.key.properties;
    for (const auto& name : member.decl->properties) {
      if (!name) {
        work_.keyBroken = true;
        continue;
      }
      const auto it = work_.byName.find(name.text);
      if (it == work_.byName.end()) {
        work_.keyBroken = true;
        if (isUnread(c_, name.text)) continue;
        auto& d = c_.add(report<Code::REF006>(
            name.span, member.origin ? member.origin->qualified : work_.declared->qualified,
            name.text));
        suggest(d, name.text, name.span, propertyNames(c_, entity_));
      } else if (std::ranges::find(key, it->second) != key.end()) {
        c_.add(report<Code::KEY006>(name.span, name.text));
      } else {
        key.push_back(it->second);
      }
    }
  }

  void missing() {
    // A member or a mixin that could not be read may have been the key.
    if (holdsErrors(work_.declared->decl->span) ||
        work_.declared->mixins.size() != work_.declared->decl->is.size())
      return;
    if (saidOtherwise()) return;
    auto& d = c_.add(report<Code::KEY001>(entity_.span, entity_.name));
    const auto id = work_.byName.find("id");
    if (id != work_.byName.end()) {
      const Span at = c_.model[id->second].span;
      d.help("make `id` the key")
          .fix({"make `id` the key", FixSafety::review, {{{at.file, at.begin, at.begin}, "key "}}});
    } else {
      d.help("give it one, for example `key id: int64 = autoincrement()`");
      const Span body = work_.declared->decl->body;
      if (body)
        d.fix({"add a counted key",
               FixSafety::review,
               {{{body.file, body.begin + 1, body.begin + 1},
                 "\n  key id: int64 = autoincrement()"}}});
    }
    work_.keyBroken = true;
  }

  // What the parser told about the entity.
  bool holdsErrors(Span entity) const {
    if (!work_.declared->tree->hasErrors) return false;
    if (!work_.declared->decl->body) return true;
    return std::ranges::any_of(c_.out.all(), [&](const Diagnostic& d) {
      return d.severity == Severity::error && d.span.file == entity.file &&
             d.span.begin >= entity.begin && d.span.begin <= entity.end;
    });
  }

  // `id: int64 @id`: the annotation is told, and what it means.
  bool saidOtherwise() const {
    for (const auto id : entity_.properties)
      for (const auto& a : c_.propertyWork[id.index()].member.decl->annotations)
        for (const auto& part : a.name.parts)
          if (part.text == "id" || part.text == "pk" || part.text.starts_with("primary"))
            return true;
    return false;
  }

  void several() {
    std::ranges::sort(spans_, {}, [](Span s) { return std::pair(s.file.index(), s.begin); });
    auto& d = c_.add(report<Code::KEY002>(entity_.span, entity_.name));
    for (const auto span : spans_) d.label(span, "a key");
    d.help("one key of several properties is written `key (a, b)`; others are `unique (…)`");
  }

  void checkPart(ir::PropertyId id) {
    const auto& p = c_.model[id];
    const auto& work = c_.propertyWork[id.index()];
    const auto& d = *work.member.decl;
    if (work.broken) {
      work_.keyBroken = true;
      return;
    }
    const auto refuse = [&](std::string_view what) { c_.add(report<Code::KEY004>(p.span, what)); };
    if (p.kind == ir::PropertyKind::many) return refuse("a `many`");
    if (d.computed) return refuse("a computed property");
    if (p.type.list) return refuse("a list");
    if (p.type.optional) {
      const Span question{d.type.span.file, d.type.span.end - 1, d.type.span.end};
      c_.add(report<Code::KEY003>(p.span, p.name))
          .help("every row needs its key: leave the `?` out")
          .fix({"make it required", FixSafety::review, {{question, ""}}});
    }
    if (p.kind == ir::PropertyKind::reference) return;
    switch (p.type.scalar) {
      case ir::Scalar::json: return refuse("`json`");
      case ir::Scalar::float32:
      case ir::Scalar::float64: return refuse("a floating-point number");
      case ir::Scalar::duration: return refuse("a duration");
      default: return;
    }
  }

  Context& c_;
  ir::Entity& entity_;
  EntityWork& work_;
  std::vector<Span> spans_;
  int taken_ = 0;
};

// References in keys must not lead back to their own entity: the columns would be made of
// themselves.
class KeyCycles {
public:
  explicit KeyCycles(Context& c)
      : c_(c), state_(c.model.entities.size()), depth_(c.model.entities.size()) {}
  void run() {
    for (uint32_t i = 0; i < state_.size(); ++i) visit(i);
  }

private:
  void visit(uint32_t index) {
    if (state_[index] == 2) return;
    if (state_[index] == 1) return reportCycle(index);
    state_[index] = 1;
    path_.push_back(index);
    const auto& entity = c_.model.entities[ir::EntityId(index)];
    bool tooDeep = path_.size() > kDeepest;
    for (const auto id : entity.key.properties) {
      const auto& p = c_.model[id];
      if (tooDeep || p.kind != ir::PropertyKind::reference || !p.target) continue;
      visit(p.target.index());
      depth_[index] = std::max(depth_[index], depth_[p.target.index()] + 1);
    }
    if (tooDeep || depth_[index] > kDeepest) {
      c_.add(report<Code::NAM019>(entity.span, entity.name, kDeepest))
          .help("give it a key of its own");
      c_.work[index].keyBroken = true;
      depth_[index] = 0;
    }
    path_.pop_back();
    state_[index] = 2;
  }
  void reportCycle(uint32_t index) {
    std::vector<CycleStep> steps;
    for (auto it = std::ranges::find(path_, index); it != path_.end(); ++it) {
      const auto& e = c_.model.entities[ir::EntityId(*it)];
      steps.push_back({e.name, e.key.span ? e.key.span : e.span});
      c_.work[*it].keyBroken = true;
    }
    addCycle<Code::KEY007>(c_, steps).help("give one of them a key of its own");
  }
  Context& c_;
  std::vector<char> state_;
  std::vector<unsigned> depth_;
  std::vector<uint32_t> path_;
};

}  // namespace

void buildKeys(Context& c) {
  for (uint32_t i = 0; i < c.model.entities.size(); ++i) KeyBuilder(c, ir::EntityId(i)).run();
  KeyCycles(c).run();
}

}  // namespace cambium::sema
