"""Somebody who teaches at both schools sees a child at each by the class there, never at one because of the other."""

from __future__ import annotations

from django.urls import reverse

from partnership.access import rls
from tests.cast import Cast, Road, SignIn
from tests.factories.schools import ClassGroupFactory, ClassPlaceFactory, PostFactory
from transitions.models import Section, Version


def test_an_allotted_child_does_not_open_the_present_schools_text(
    cast: Cast, shared_road: Road, sign_in: SignIn
) -> None:
    teacher = cast.next_class_teacher
    PostFactory(user=teacher, role="class_teacher", organisation=cast.junior)
    group = ClassGroupFactory(school=cast.secondary, name="7C")
    ClassPlaceFactory(class_group=group, pupil=shared_road.pupil)
    teacher.posts.get(organisation=cast.secondary).classes.add(group)
    client = sign_in(teacher)
    assert client.get(reverse("transitions:child", args=[shared_road.move.pk])).status_code == 200
    write = reverse("transitions:write", args=[shared_road.move.pk, "health"])
    assert client.get(write).status_code in (403, 404)
    with rls.acting_as(teacher.pk):
        assert Version.objects.filter(handover=shared_road.handover).exists(), (
            "what was shared is theirs to read"
        )
        assert not Section.objects.exists(), "the working text is not"
        assert Section.objects.update(text="Overwritten") == 0


def test_a_class_of_another_school_on_a_post_counts_for_nothing(cast: Cast, shared_road: Road) -> None:
    post = cast.other_class_teacher.posts.get()
    post.classes.add(shared_road.class_group)
    with rls.acting_as(cast.other_class_teacher.pk) as viewer:
        assert not viewer.class_pupils
        assert not Version.objects.exists()
