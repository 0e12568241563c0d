import pytest

from ipqa.documents.dates import find_dates, iso_date, years_after


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("2018年12月6日", "2018-12-06"),
        ("2018 年 12 月 6 日", "2018-12-06"),
        ("２０１８年１２月６日", "2018-12-06"),
        ("二〇〇五年六月十一日", "2005-06-11"),
        ("二○○四年六月二十六日", "2004-06-26"),
        ("一九九六年十一月三十日", "1996-11-30"),
        ("2022-08-24", "2022-08-24"),
        ("2022/8/4", "2022-08-04"),
        ("2022.08.24", "2022-08-24"),
        ("2018年2月30日", ""),
        ("2018年13月1日", ""),
    ],
)
def test_dates_in_every_way_of_writing(written, date):
    assert iso_date(written) == date
    assert [found for _, found in find_dates(f"自{written}起")] == ([date] if date else [])


def test_digits_that_are_no_date_are_passed_over():
    assert not list(find_dates("编号120-22-13,共2021项,12018年1月2日,2021年5月"))


@pytest.mark.parametrize(
    ("date", "years", "last"),
    [
        ("2024-01-20", 5, "2029-01-19"),
        ("2024-01-01", 1, "2024-12-31"),
        ("2024-02-29", 1, "2025-02-28"),
        ("2024-02-29", 4, "2028-02-28"),
        ("2024-01-01", 9000, ""),
    ],
)
def test_a_term_of_years_ends_on_the_day_before(date, years, last):
    assert years_after(date, years) == last
