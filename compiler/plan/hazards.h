// plan/hazards.h: inside the planner: the hazards of a step, by what they speak of.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "compiler/plan/node.h"

namespace cambium::plan {

// Each text once.
template <Code C, class... Args>
void addHazard(Step& step, const Args&... args) {
  Hazard hazard{std::string(cambium::info(C).name), report<C>(Span{}, args...).message};
  for (const auto& other : step.hazards) {
    if (other.code == hazard.code && other.text == hazard.text) return;
  }
  step.hazards.push_back(std::move(hazard));
}

// The columns that triggers keep in step or fill, by table.
using SyncDuties = std::map<std::string, std::vector<const SyncDuty*>, std::less<>>;

// hazards_access.cpp: who may do what (LCK015).
void addRights(const Context&, Step&, const ChangeGrants&);
void addRights(const Context&, Step&, const CreateView&);
void addRights(const Context&, Step&, const ChangePolicies&);

// hazards_old.cpp: what applications of the old version meet that no one operation says.
class OldApplications {
public:
  // Refers to both.
  OldApplications(const Context&, const SyncDuties&);
  // Whether every value that the column of the old version has is one of its new type, too.
  bool growsOnly(const std::string& table, const std::string& column) const {
    return growing_.contains({table, column});
  }
  void add(Step&) const;

private:
  void noLongerRefused(Step&) const;
  void filled(Step&) const;
  void filled(Step&, const SyncDuty&) const;
  void unknown(Step&) const;
  enum class Freed : uint8_t { no, untilValidate, forGood };
  Freed freed(const std::string& table, const catalog::Check&) const;
  bool isOwn(const std::string& table, const std::string& check) const;

  const Context& c_;
  const SyncDuties& duties_;
  std::set<std::pair<std::string, std::string>> growing_;  // table, column
  // Of the checks that columns have of themselves those whose refinement allows more.
  std::set<std::string> loosened_;
  std::set<std::pair<std::string, std::string>> gone_;  // table, check: the new version lacks it
  // Table, column: what it refers to from expand on.
  std::map<std::pair<std::string, std::string>, std::string> refers_;
  std::vector<std::string> unknown_;  // in words
};

}  // namespace cambium::plan
