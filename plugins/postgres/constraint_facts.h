// plugins/postgres/constraint_facts.h: what the server's catalog says of a constraint beside its
// columns, and which of it a catalog of ours cannot hold. Later servers have more of it than the
// one that this is tried on.
#pragma once

#include <string>

namespace cambium::dialect::postgres {

struct ConstraintFacts {
  std::string name;
  char kind = ' ';  // contype: c, f, p, u, x; from 18 on n (NOT NULL)
  bool deferrable = false;
  bool matchFull = false;    // or partial
  bool elsewhere = false;    // refers to another schema
  bool emptiesSome = false;  // ON DELETE SET NULL (some of its columns)
  bool inherited = true;     // not NO INHERIT
  bool enforced = true;      // from 18 on
  bool overPeriods = false;  // WITHOUT OVERLAPS, PERIOD: from 18 on
};

// Why the table that has it cannot be held; "" = it can.
std::string whyOutside(const ConstraintFacts&);
// What is said behind a check's condition: the condition is another one with it.
std::string behindCheck(const ConstraintFacts&);
// SQL over a row `k` of pg_constraint of a server of that major version: conenforced, conperiod.
std::string laterFacts(int majorVersion);

// attgenerated: s, or from 18 on v.
bool isStored(char generated);

}  // namespace cambium::dialect::postgres
