{# True while the week of a row runs; a week of which that is not known is over. #}
{% macro still_runs() -%} is_week_complete is false {%- endmacro %}

{# Withholds what small groups are behind, and what would let a reader subtract them (docs/method.md, "Small groups").

   `relation` has the columns persons (distinct persons behind the row), margin_persons (behind the whole group),
   is_week_complete and section: `total`, `cross`, or the name of a line, that is of rows that add up to the group.
   Adds is_suppressed:
   - every row of a week that still runs, zeros included: subtracted from those of yesterday its numbers would tell who
     joined since (docs/decisions/0106);
   - a row with fewer persons than its threshold;
   - in a line, one more row, if only one is withheld or the withheld ones together are still too few. Any row not
     withheld so far is large enough, so one more always suffices;
   - a line whose group is itself too small, zeros included;
   - a cross-table as a whole, zeros included, if any of its cells is too small.
   Rows of a section in `overlapping` may share persons, so their sum says nothing about how many they are together.
   `about_people`: rows where it is false are never withheld. `last_resort`: rows where it is true are given up last. #}
{% macro protect(
    relation,
    group,
    ties,
    overlapping=[],
    cross=["cross"],
    about_people="true",
    last_resort="false"
) -%}
    {% set line = (group + ["section"]) | join(", ") %}
    with
        judged as (
            select
                *,
                if(
                    section in ('{{ cross | join("', '") }}'),
                    {{ var("small_group_cross") }},
                    {{ var("small_group") }}
                ) as threshold,
                {{ about_people }} as is_about_people,
                is_about_people and persons between 1 and threshold - 1 as is_small,
                is_about_people and persons >= threshold as is_large
            from {{ relation }}
        ),
        lined as (
            select
                *,
                count(*) filter (where is_small) over (
                    partition by {{ line }}
                ) as count_small,
                sum(persons) filter (where is_small) over (
                    partition by {{ line }}
                ) as persons_small,
                section in ('{{ overlapping | join("', '") }}') as is_overlapping,
                row_number() over (
                    partition by {{ line }}, is_large
                    order by {{ last_resort }}, persons, {{ ties }}
                ) as place
            from judged
        )
    select
        * exclude (
            threshold,
            is_about_people,
            is_small,
            is_large,
            count_small,
            persons_small,
            is_overlapping,
            place
        ),
        is_about_people
        and (
            {{ still_runs() }}
            or is_small
            or (section <> 'total' and margin_persons between 1 and threshold - 1)
            or (section = 'cross' and count_small > 0)
            or (
                section not in ('total', 'cross')
                and is_large
                and place = 1
                and count_small > 0
                and (count_small = 1 or is_overlapping or persons_small < threshold)
            )
        ) as is_suppressed
    from lined
{%- endmacro %}
