// What every Change has, compiled here and nowhere else. A form that is missing below is missed by
// the linker.
#include "compiler/diff/change.h"

namespace cambium::diff {

Change::Change() = default;
Change::Change(const Change&) = default;
Change::Change(Change&&) noexcept = default;
Change& Change::operator=(const Change&) = default;
Change& Change::operator=(Change&&) noexcept = default;
Change::~Change() = default;

template <class Form>
requires isFormOf<Form, ChangeForms> Change::Change(Form form) : ChangeForms(std::move(form)) {}

template Change::Change(AddEntity);
template Change::Change(DropEntity);
template Change::Change(RenameEntity);
template Change::Change(ChangeTable);
template Change::Change(ChangeEntityDoc);
template Change::Change(ChangeLifecycle);
template Change::Change(ChangeKey);
template Change::Change(AddProperty);
template Change::Change(DropProperty);
template Change::Change(RenameProperty);
template Change::Change(ConvertProperty);
template Change::Change(TransformProperties);
template Change::Change(RequireProperty);
template Change::Change(RelaxProperty);
template Change::Change(ChangeDefault);
template Change::Change(ChangeComputed);
template Change::Change(TightenRefinement);
template Change::Change(RelaxRefinement);
template Change::Change(ChangeOnDelete);
template Change::Change(ChangeTarget);
template Change::Change(ChangeCardinality);
template Change::Change(ChangeSensitivity);
template Change::Change(ChangeColumn);
template Change::Change(ChangePropertyDoc);
template Change::Change(AddUnique);
template Change::Change(DropUnique);
template Change::Change(RenameUnique);
template Change::Change(AddIndex);
template Change::Change(DropIndex);
template Change::Change(RenameIndex);
template Change::Change(AddCheck);
template Change::Change(DropCheck);
template Change::Change(RenameCheck);
template Change::Change(AddUniqueProperty);
template Change::Change(DropUniqueProperty);
template Change::Change(AddEnum);
template Change::Change(DropEnum);
template Change::Change(RenameEnum);
template Change::Change(ChangeEnumDoc);
template Change::Change(EnumAddValue);
template Change::Change(EnumRenameValue);
template Change::Change(EnumDropValue);
template Change::Change(AddTag);
template Change::Change(DropTag);
template Change::Change(RenameTag);
template Change::Change(ChangeTag);
template Change::Change(ChangeTagSelection);
template Change::Change(ExtendContainment);
template Change::Change(RestrictContainment);
template Change::Change(AddDeclaration);
template Change::Change(RenameDeclaration);
template Change::Change(ChangeDeclaration);
template Change::Change(DropDeclaration);

}  // namespace cambium::diff
