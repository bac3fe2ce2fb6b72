// diff/findings.h: the questions that a pair of versions leaves open. What is gone and what is new
// is collected first and judged together, so that one cause is reported once; every answer is
// offered as a line of the migration block (a fix where there is a block, else words and the whole
// block).
#pragma once

#include "compiler/diagnostics/diagnostic.h"
#include "compiler/diff/match.h"

namespace cambium::diff {

class Findings {
public:
  Findings(const ChangeSet& set, Rules& rules)
      : set_(set), a_(*set.from), b_(*set.to), rules_(rules) {}

  // Whether the entity that the next questions are about has rows in the database; where it has
  // none (a draft, an external one) nothing can be lost, and nothing is asked.
  void about(bool rows) { rows_ = rows; }

  // ---- single questions
  void becomesRequired(PropertyId to);
  void typeChanged(PropertyId from, PropertyId to, bool narrows);
  void enumReplaced(
      EnumId from, EnumId to,
      PropertyId where);  // a property holds another enum; each pair is asked about once
  void kindChanged(PropertyId from, PropertyId to);
  void leadsElsewhere(PropertyId from, PropertyId to);  // a reference
  void computedOverValues(PropertyId from, PropertyId to);
  // Another protection is asked about for every entity: who holds the rows is no matter.
  void exposed(PropertyId from, PropertyId to);
  void hidden(PropertyId from, PropertyId to);
  // Something of the old version is gone; `removeAfter`: the version that it was promised until.
  void tooEarly(const std::string& path, const std::string& removeAfter);
  void leap(EntityId from, EntityId to);  // a step of the lifecycle is left out
  // What has the new name (in the entity of the new version) is something else than what had the
  // old one.
  void notTheSame(const ir::RenameRule&, const std::string& newEntity);

  // ---- what is gone without an approval and what is new without a value, judged by the entity or
  // enum, then by the package
  struct Added {
    PropertyId property;
    bool needsValues = false;  // required, and nothing gives old rows one
    bool explained = false;    // the migration says where it comes from
  };
  void properties(EntityId to, const std::vector<PropertyId>& gone, std::vector<Added> added);
  void values(EnumId from, EnumId to, const std::vector<std::string>& gone,
              const std::vector<std::string>& added);
  void entities(const std::vector<EntityId>& gone, const std::vector<EntityId>& added);
  // Of several tags, or of several rows of a many-to-many, only one stays.
  void selection(const ir::TagGroup& from, const ir::TagGroup& to);
  void onlyOneStays(PropertyId from, PropertyId to);
  void tags(const ir::TagGroup& from, const ir::TagGroup& to, const std::vector<std::string>& gone,
            const std::vector<std::string>& added);

  // Lines of the migration that fit nothing, then everything into the sink.
  void finish(DiagnosticSink&);

private:
  struct Choice {
    std::string when;  // "if it has a new name"
    std::string line;  // of the migration block
    FixSafety safety = FixSafety::placeholder;
  };
  void ask(Diagnostic, const std::vector<Choice>&);
  void onlyOneStays(Span, const std::string& what);
  void noWay(PropertyId from, PropertyId to, Span);
  bool keyChanges(EntityId from) const;
  static void offerMerge(std::vector<Choice>& choices, const std::string& path,
                         const std::vector<ir::EnumValue>& was,
                         const std::vector<ir::EnumValue>& is, std::string_view what);
  Choice drop(const std::string& path, const char* what) const;
  Choice fill(PropertyId to, const char* when) const;
  Choice merge(const std::vector<PropertyId>& from, const std::string& to) const;
  Choice convert(PropertyId from, PropertyId to) const;
  std::string pathOf(PropertyId id, const ir::Model& model) const {
    return model[model[id].entity].name + "." + model[id].name;
  }
  Span place(EntityId to) const;
  size_t likeness(PropertyId from, PropertyId to) const;
  bool isKey(PropertyId id, const ir::Model& model) const;
  bool comesOfSeveral(PropertyId from, std::vector<Added>& added, const std::string& path);
  void renamed(PropertyId from, PropertyId to);
  // Whether the property may have gone into a new entity that belongs to its own: the line that
  // says so, with all that went with it.
  std::optional<Choice> goneIntoPart(EntityId to, PropertyId property,
                                     const std::vector<PropertyId>& gone) const;
  // The other way round: the entity that is gone belonged to one that has got its properties.
  std::optional<Choice> goneIntoWhole(EntityId part) const;
  // The rows of a many-to-many's table, which was or becomes an entity of the package: no line
  // says that, the `many` does.
  void betweenOtherwise(EntityId from, EntityId to);
  std::optional<PropertyId> referenceInstead(EntityId junction) const;
  // Of what came a many-to-many to what the reference refers to: it may have become that.
  std::optional<PropertyId> manyOf(PropertyId from, const std::vector<Added>& added) const;

  const ChangeSet& set_;
  const ir::Model& a_;
  const ir::Model& b_;
  Rules& rules_;
  bool rows_ = true;
  std::vector<Diagnostic> found_;
  std::vector<std::string> lines_;  // the first choice of each question
  std::vector<std::pair<EnumId, EnumId>> replaced_;
};

}  // namespace cambium::diff
