#include "runtime/runner/frontier.h"

#include <fmt/core.h>

#include <algorithm>

#include "compiler/base/sha256.h"
#include "compiler/catalog/kept.h"

namespace cambium::runner {
namespace {

template <class T>
std::string digestOf(const T* object) {
  return object ? sha256Hex(catalog::describe(*object)) : std::string();
}

std::string liveDigest(const catalog::Catalog& c, const std::string& kind,
                       const std::string& name) {
  if (kind == "view") return digestOf(c.findView(name));
  if (kind == "trigger") return digestOf(c.findTrigger(name));
  if (kind == "kept") return c.kept.contains(name) ? sha256Hex(catalog::kKept) : std::string();
  return digestOf(c.findTable(name));
}

// Whether the catalog alone tells that the step was done.
bool visible(const emit::ScriptStep& step) {
  return step.action.before != step.action.after && step.action.verify.empty() && !step.switches &&
         step.action.sql.stepClass != dialect::StepClass::batch;
}

}  // namespace

Frontier::Frontier(const emit::Script& script, const catalog::Catalog& live) : script_(script) {
  std::map<Object, std::string> expected;
  for (const auto& step : script.steps) {
    for (const auto& probe : step.action.before) {
      const Object object{probe.kind, probe.name};
      if (!expected.emplace(object, probe.digest).second) continue;
      live_.emplace(object, liveDigest(live, probe.kind, probe.name));
    }
  }
  size_t wrong = 0;
  for (const auto& [object, digest] : expected) wrong += digest != live_[object];
  holds_.push_back(wrong == 0);
  for (const auto& step : script.steps) {
    for (const auto& probe : step.action.after) {
      const Object object{probe.kind, probe.name};
      auto at = expected.find(object);
      if (at == expected.end()) continue;  // a probe without its before: not of our making
      const std::string& found = live_[object];
      wrong -= at->second != found;
      wrong += probe.digest != found;
      at->second = probe.digest;
    }
    holds_.push_back(wrong == 0);
  }
}

std::optional<size_t> Frontier::find(size_t ledgerSays, bool undoing) const {
  if (ledgerSays < holds_.size() && holds_[ledgerSays]) return ledgerSays;
  if (undoing) {
    for (size_t k = ledgerSays; k > 0 && visible(script_.steps[k - 1]); --k) {
      if (holds_[k - 1]) return k - 1;
    }
    return std::nullopt;
  }
  for (size_t k = ledgerSays; k < script_.steps.size() && visible(script_.steps[k]); ++k) {
    if (holds_[k + 1]) return k + 1;
  }
  return std::nullopt;
}

std::optional<size_t> Frontier::findWithin(size_t ledgerSays) const {
  if (isWithin(ledgerSays)) return ledgerSays;
  if (ledgerSays > 0 && isWithin(ledgerSays - 1)) return ledgerSays - 1;
  return std::nullopt;
}

// Everything else is as it should be before the step, and its own objects are as one of its parts
// leaves them: the last one too, for what else belongs to the step (the active version, the record
// of it) is not done by that.
bool Frontier::isWithin(size_t k) const {
  if (k >= script_.steps.size()) return false;
  const auto& step = script_.steps[k];
  std::map<std::string, bool> own;
  for (const auto& probe : step.action.before)
    own[fmt::format("{} `{}`", probe.kind, probe.name)] = true;
  for (const auto& mismatch : mismatches(k))
    if (!own.count(mismatch.object)) return false;
  const auto holds = [&](const std::vector<emit::ObjectProbe>& part) {
    return std::all_of(part.begin(), part.end(), [&](const auto& probe) {
      const auto found = live_.find(Object{probe.kind, probe.name});
      return found != live_.end() && found->second == probe.digest;
    });
  };
  for (const auto* action : {&step.action, &step.undo}) {
    if (std::any_of(action->between.begin(), action->between.end(), holds)) return true;
    const bool commits = action->sql.stepClass == dialect::StepClass::nonTransactional;
    if (commits && (holds(action->before) || holds(action->after))) return true;
  }
  return false;
}

std::vector<Mismatch> Frontier::mismatches(size_t k) const {
  std::map<Object, std::pair<std::string, unsigned>> expected;
  for (const auto& step : script_.steps) {
    for (const auto& probe : step.action.before) {
      expected.emplace(Object{probe.kind, probe.name}, std::pair(probe.digest, 0u));
    }
  }
  for (size_t i = 0; i < k && i < script_.steps.size(); ++i) {
    for (const auto& probe : script_.steps[i].action.after) {
      expected[{probe.kind, probe.name}] = {probe.digest, script_.steps[i].number};
    }
  }
  std::vector<Mismatch> out;
  for (const auto& [object, want] : expected) {
    const auto found = live_.find(object);
    if (found == live_.end() || found->second == want.first) continue;
    out.push_back({fmt::format("{} `{}`", object.first, object.second), want.second,
                   !found->second.empty(), !want.first.empty()});
  }
  return out;
}

std::string toString(const Mismatch& m) {
  const std::string when =
      m.step == 0 ? std::string("before the first step") : fmt::format("after step {}", m.step);
  if (!m.present) return fmt::format("{} is missing; {} it should be there", m.object, when);
  if (!m.wanted) return fmt::format("{} is there; {} it should not be", m.object, when);
  return fmt::format("{} is not as it should be {}", m.object, when);
}

}  // namespace cambium::runner
