#include "plugins/postgres/constraint_facts.h"

namespace cambium::dialect::postgres {

std::string whyOutside(const ConstraintFacts& facts) {
  if (facts.kind == 'p') {
    if (facts.overPeriods) return "a key over periods";
    if (facts.deferrable) return "a deferrable key";
    return "";
  }
  if (facts.kind != 'f') return "";
  const auto key = [&](const char* what) {
    return std::string("a foreign key ") + what + ": " + facts.name;
  };
  if (facts.emptiesSome) return key("that empties some of its columns");
  if (facts.elsewhere) return key("to another schema");
  if (facts.matchFull) return key("that is MATCH FULL");
  if (facts.overPeriods) return key("over periods");
  if (!facts.enforced) return key("that is not enforced");
  return "";
}

std::string behindCheck(const ConstraintFacts& facts) {
  return std::string(facts.inherited ? "" : " NO INHERIT") +
         (facts.enforced ? "" : " NOT ENFORCED");
}

std::string laterFacts(int majorVersion) {
  constexpr int kFirst = 18;
  return majorVersion >= kFirst ? "k.conenforced, k.conperiod" : "true, false";
}

bool isStored(char generated) {
  return generated == 's';
}

}  // namespace cambium::dialect::postgres
