"""The columns a bare app would read, on the partnership's own tables."""

from __future__ import annotations

import uuid

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models


class Person(AbstractBaseUser):
    """Who is signed in."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    email = models.EmailField(unique=True)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "email"

    class Meta:
        managed = False
        db_table = "accounts_user"


class School(models.Model):
    """Where a child is."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name = models.CharField(max_length=200)

    class Meta:
        managed = False
        db_table = "schools_organisation"

    def __str__(self) -> str:
        return self.name


class Child(models.Model):
    """One child."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    school = models.ForeignKey(School, on_delete=models.DO_NOTHING)
    surname = models.CharField(max_length=100)
    forename = models.CharField(max_length=100)
    name_key = models.CharField(max_length=220)
    born_on = models.DateField()
    sen_provision = models.CharField(max_length=1)

    class Meta:
        managed = False
        db_table = "schools_pupil"

    def __str__(self) -> str:
        return f"{self.forename} {self.surname}"


class Course(models.Model):
    """What can be booked."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    capacity = models.IntegerField()
    taken = models.IntegerField(default=0)

    class Meta:
        managed = False
        db_table = "floor_course"

    def __str__(self) -> str:
        return str(self.id)


class Place(models.Model):
    """One person's place."""

    course = models.ForeignKey(Course, on_delete=models.DO_NOTHING)
    person = models.ForeignKey(Person, on_delete=models.DO_NOTHING)

    class Meta:
        managed = False
        db_table = "floor_place"

    def __str__(self) -> str:
        return str(self.pk)
