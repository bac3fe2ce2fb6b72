// diff/findings.h: what a migration explains and what it leaves open. Collects what is gone and what is new, and reports each open question once, with its answers as fixes.
#pragma once

#include "compiler/diagnostics/diagnostic.h"
#include "compiler/diff/change.h"

namespace cambium::diff {

class Findings {
public:
  Findings(const ChangeSet& set, DiagnosticSink& sink) : set_(set), a_(*set.from), b_(*set.to), sink_(sink) {}

  // ---- what the migration says
  bool approvedDrop(const std::string& entity, const std::string& property) const;
  bool approvedNarrow(PropertyId from) const;
  bool filled(const std::string& entity, const std::string& property) const;
  // Taken (old names) or made (new names) by a split or a merge.
  bool transformed(const std::string& entity, const std::string& property, bool made) const;

  // ---- open questions
  void enumValueGone(EnumId from, EnumId to, const std::string& value);
  void requiredWithoutFill(PropertyId to);
  void typeChanged(PropertyId from, PropertyId to, bool narrows);

  // ---- what is gone and what is new: noted one by one, judged together
  void dropped(EntityId from) { goneEntities_.push_back(from); }
  void added(EntityId to) { newEntities_.push_back(to); }
  std::vector<EntityId> finishEntities();  // returns all that are gone
  void dropped(EntityId in, PropertyId from) { entity_ = in; gone_.push_back(from); }
  void added(PropertyId to, bool filled) { fresh_.push_back({to, filled}); }
  std::vector<PropertyId> finishProperties();  // of one entity

private:
  struct New {
    PropertyId property;
    bool filled = false;
    bool explained = false;
  };
  // A line for the migration block: where there is a block, a fix that inserts it; otherwise the whole block in words.
  void offer(Diagnostic&, const std::string& title, const std::string& line, FixSafety) const;
  Span placeOf(EntityId to) const;
  std::string pathOf(PropertyId, const ir::Model&) const;
  bool alike(PropertyId from, PropertyId to) const;

  const ChangeSet& set_;
  const ir::Model& a_;
  const ir::Model& b_;
  DiagnosticSink& sink_;
  EntityId entity_;
  std::vector<PropertyId> gone_;
  std::vector<New> fresh_;
  std::vector<EntityId> goneEntities_, newEntities_;
};

}  // namespace cambium::diff
