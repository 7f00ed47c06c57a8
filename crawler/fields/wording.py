"""What the words around an amount say it is: pay, pay on target, or somebody else's money.

One table a meaning; words in lower case. Collected from postings whose pay other readers misread.
"""

from __future__ import annotations

from typing import Final


def _words(*texts: str) -> frozenset[str]:
    return frozenset(word for text in texts for word in text.split())


PAY: Final = _words(
    "salary salaries pay paid pays paying payrate wage wages compensation comp remuneration rate"
    " rates"
    " earn earning base basic ctc income payband payscale package hiring stipendium rata prorata",
    "gehalt gehaltsspanne vergütung lohn verdienst grundgehalt einstiegsgehalt bruttogehalt entgelt"
    " stundenlohn stundensatz tagessatz jahresgehalt monatsgehalt jahresbruttogehalt",
    "bruttojahresgehalt bruttomonatsgehalt jahreslohn monatslohn wochenlohn gage",
    "rémunération remuneration salaire rému fixe tjm",
    "salario sueldo retribución remuneración salari sou retribució retribuzione stipendio ral"
    " compenso salário remuneração vencimento bolsa",
    "salaris loon jaarsalaris maandsalaris uurloon bruto uurtarief dagtarief",
    "lön månadslön timlön årslön løn lønn timelønn månedslønn årslønn palkka laun",
    "mzda mzdy mzdové plat platu platový platové odměna wynagrodzenie pensja stawka widełki"
    " zarobki",
    "atlyginimas alga atlygis užmokestis darbo alga atalgojums palk töötasu",
    "зарплата оклад оплата заплата възнаграждение зп plaća salariu bér fizetés maaş ücret gaji",
    "基本給 基本给 급여",
    "時給 日給 週給 月給 月収 年収 年俸 年給 时薪 日薪 月薪 年薪 시급 일급 주급 월급 연봉",
)
# Weaker: they name an interval, which next to an amount is nearly always the pay's.
RANGE: Final = _words("range ranges ranging band bands bracket scale salary-range")
# The whole of what may be earned, told beside or instead of the base.
TARGET: Final = _words("ote ottc on-target target earnings tc otc variable uncapped rewards")
DENIED: Final = _words(
    # benefits and one-off payments
    "bonus bonuses bonusu stipend stipends allowance allowances reimbursement reimbursements"
    " reimburse reimbursed reimbursing credit credits voucher vouchers gift perk perks benefit"
    " benefits relocation subsidy subsidies referral referrals commission commissions incentive"
    " incentives equity rsu rsus shares stock options grant grants scholarship tuition wellness"
    " wellbeing lifestyle fitness gym phone internet meal meals lunch food equipment laptop"
    " learning"
    " education training conference conferences certification professional development contribution"
    " contributions match matching 401k hsa pension insurance coverage deductible premium premiums"
    " copay one-off payout prize prizes award awards raffle donation donations fertility adoption"
    " childcare dependents parental sign-on signing retention spot discount discounts cashback",
    # business figures
    "budget budgets revenue revenues arr mrr gmv aum turnover sales-volume funding funded fund"
    " funds"
    " raised raise raising raises investment investments investors invested investor backed round"
    " valuation valued assets billings bookings quota quotas deal deals acv portfolio capital"
    " customers clients users transactions transaction spend spending savings save saved saving"
    " market worth profit profits loan loans debt mortgage mortgages claims claim property"
    " properties"
    " contracts contract-value sale seat price priced pricing prices fee fees cost costs costing"
    " charge charges charging fine fines penalty penalties tax taxes bond collateral facility"
    " pipeline gdp economy project projects expenditure purchase purchases invoice invoices"
    " rent rents rental deposit houses apartments",
    # the same in other languages
    "příspěvek příspěvky cafeterie benefity odměny náborový náborovy stravenky prémie navíc dotace",
    "stravování stravné penzijní připojištění",
    "miete kaution loyer budgetverantwortung umsatzverantwortung essenszuschuss"
    " fahrtkostenzuschuss",
    "prämie prämien zuschuss urlaubsgeld weihnachtsgeld umsatz budget gutschein sachbezug",
    "prime primes prima tickets ticket chiffre affaires ca levée",
    "premie dodatek dodatki budżet premia benefity karta",
    "priedas priedai priedo papildomas premija",
    "bono incentivo facturación bonificación",
    "премия бонус надбавка",
    "交通費 賞与 手当 祝金",
)
# Compounds that end so are somebody's money, whatever they begin with: "Weiterbildungsbudget".
DENIED_ENDS: Final = (
    *("zuschuss", "zuschüsse", "budget", "prämie", "prämien", "geld", "gelder", "gutschein"),
    *("versicherung", "umsatz", "bidrag", "tillägg", "vergoeding", "toeslag", "premie", "bonus"),
)
# What names a grant even from afar, when it says what for: "příspěvek na dopravu a sport 500 Kč".
GRANTS: Final = _words(
    "allowance reimbursement contribution subsidy credit voucher příspěvek zuschuss dofinansowanie"
    " dodatek budżet bidrag tillägg toeslag vergoeding indemnité contributo ayuda"
)
PURPOSES: Final = _words("for to towards na zum zur für do pour för till voor per para")
# These name pay unless what they are of stands right before them: "relocation package".
OF_SOMETHING: Final = _words("package packages")
# This names pay unless what it is spent on follows: "hiring bonus".
FOR_SOMETHING: Final = _words("hiring")
# A second amount that comes on top of the pay.
ADDED: Final = _words("plus additional extra another further bonus")
# What opens an aside that does not name the amount: "including bonus, the pay is ...".
ASIDES: Final = _words(
    "including includes include excluding plus with before without and or other not"
)
# After the amount these begin another thought: "$90k plus bonus".
JOINERS: Final = _words("plus and with und et y e og och or + , ( ) & - / w including excl incl")
# Whose count the number is, when no currency stands by: "team of 100 - 150", "40 hours".
COUNTED: Final = _words(
    "hours hour hrs hr h days day weeks week months month years year yrs people employees engineers"
    " members staff students users customers clients companies countries offices locations miles km"
    " mi lbs pounds kg feet ft sq minutes mins seconds points words pages stores sites beds"
    " patients"
    " cases calls tickets requests openings positions roles projects units items percent stunden"
    " tage wochen monate jahre mitarbeiter heures jours ans ore giorni anni días años dní hodin let"
    " godzin dni lat metų dienų часов дней лет names attendees participants seats"
)
FROM: Final = _words(
    "from ab od nuo från fra vanaf desde dès min minimum minimal minimálně least от alkaen від"
    " above over"
    " mindestens wenigstens minst minstens almeno minimalnie minimo mínimo mínim"
)
FROM_PAIRS: Final = frozenset(
    (
        ("at", "least"),
        ("starting", "at"),
        ("starting", "from"),
        ("starts", "at"),
        ("starts", "from"),
        ("start", "at"),
        ("start", "from"),
        ("partir", "de"),
        ("more", "than"),
        ("mindestens", "von"),
        ("mind", "."),
        ("min", "."),
    )
)
UP_TO: Final = _words(
    "upto bis až do до līdz max maximum maximal iki hasta fino tot opptil под under ate até"
)
UP_TO_PAIRS: Final = frozenset(
    (
        ("up", "to"),
        ("bis", "zu"),
        ("až", "do"),
        ("'", "à"),
        ("fino", "a"),
        ("upp", "till"),
        ("op", "til"),
        ("less", "than"),
        ("max", "."),
    )
)
TO: Final = _words(
    "to līdz bis až à a do до iki tot til till al au ate até through upto hasta fino thru ~ /"
)
BETWEEN: Final = _words("between zwischen entre mellan mellem mellom tra fra tussen mezi między")
AND: Final = _words("and und et y e og och en a i &")
# What may stand between an amount and the rest of its interval without changing it.
FILLERS: Final = _words(
    "gross brutto brut bruto brute net netto neto base salary pay usd approximately est estimated",
    "brutos netos bruts nets líquidos hrubého čistého hrubá нетто брутто bruttó"
    " lordo lordi netti rising",
)
# What a tax or a pension adds to the amount: "12 000 PLN + VAT / month", "A$120k + super".
TOPPINGS: Final = _words("vat super superannuation moms mwst ust btw dph iva gst")
# What a fact of pay may have beside it and still stand alone.
BESIDE: Final = (
    FILLERS | TOPPINGS | _words("doe negotiable vb fte circa c ca cca approx about around")
)
# Between a bound and its amount: "minimum salary of", "maximum hourly pay is".
BOUNDED: Final = _words(
    "salary pay wage rate base gross annual yearly monthly hourly weekly of is gehalt :"
)
LOWER_BOUND: Final = _words("minimum min")
UPPER_BOUND: Final = _words("maximum max")
MORE: Final = _words("more above up upwards higher over")
LESS: Final = _words("less below lower")
# Small words between a label and its amount: "budget of up to", "turnover in excess of".
LINKS: Final = _words(
    "of is are was up to from : between in over for at with exceeding excess totaling totalling"
    " worth"
    " a an the about around approximately ranges ranging range = - ( , will be this position role"
    " job"
    " your our per your starts starting at than more least only currently expected typical"
    " typically"
    " size sizes value values responsibility responsibilities"
    " volume volumes annuelle annuel mensuelle"
    " posted estimated your gross annual annually yearly monthly hourly daily weekly amount"
    " amounting"
    " de da do von bis zu ab od až v rozmezí nuo iki från till fra til kr € [ minimum maximum min"
    " max",
)
# What may stand between "from" or "to" and the amount.
PASSED: Final = _words(": zu cca ca about around approx approximately circa")
PASSED_AFTER_TO: Final = PASSED | _words("to up max maximum")
