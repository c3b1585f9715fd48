"""Phrases for illnesses, operations and disabilities, English and German, in small letters."""

from ticketstream.processors.detectors.stems import expanded

ENGLISH = """
epilepsy|epileptic|epileptic {seizure,seizures,fit}|asthma|asthmatic|{,type 1 ,type 2 }diabetes
diabetic|dementia|{alzheimer,parkinson,crohn}{,s,'s}{, disease}|multiple sclerosis
{breast ,lung ,bowel ,prostate ,skin ,ovarian ,bone ,}cancer|leukaemia|leukemia|lymphoma
{brain ,}{tumour,tumor}|chemo|chemotherapy|radiotherapy|dialysis
heart {attack,condition,failure,disease,surgery,operation,bypass,problems,transplant}|a stroke
my stroke|{rheumatoid ,}arthritis|osteoporosis|fibromyalgia|copd|ulcerative colitis|colitis
{coeliac,celiac}{, disease}|eczema|psoriasis|migraine|migraines
{postnatal ,postpartum ,severe ,}depression|anxiety disorder|panic attack{,s}|ptsd
bipolar{, disorder}|schizophrenia|adhd|autism|autistic|asperger{,s,'s}|down{,s,'s} syndrome
cerebral palsy|hiv|hiv positive|hiv-positive|hepatitis{, a, b, c}|long covid|covid|covid-19
miscarriage|{high-risk ,high risk ,}pregnancy|pregnant|heavily pregnant|high blood pressure
hypertension|sciatica|{slipped,herniated} {disc,disk}
{broken,fractured,sprained} {leg,arm,hip,wrist,ankle,foot,hand,shoulder,rib,collarbone,knee,elbow}
{hip,knee,shoulder,back,heart,eye,spinal,brain,cataract} {replacement,surgery,operation,op}
{foot,hand,hernia,bypass,abdominal,gallbladder,open heart,spine} {surgery,operation,op}
{kidney,liver} {transplant,failure,disease}|c-section|caesarean|pacemaker|hearing aid{,s}
sleep apnoea|sleep apnea|endometriosis|macular degeneration|glaucoma|cataract{,s}|tinnitus|lupus
anorexia|bulimia|{latex,dust,dust mite,nickel,nut,pollen,wool,feather,down} allergy
lactose intolerant|lactose intolerance|visually impaired|visual impairment|partially sighted
hard of hearing|hearing impaired|wheelchair {user,bound}|wheelchair-bound|housebound|bedridden
paralysed|paralyzed|paraplegic|amputee|learning {disability,difficulties}
chronic {pain,fatigue,illness,back pain}|terminally ill|burnout|rheumatism|muscular dystrophy
motor neurone disease|sepsis
"""
GERMAN = """
epilepsie|epileptiker{,in}|epileptisch{e,er,en} {anfall,anfälle}|asthma|asthmatiker{,in}
diabetes{, typ 1, typ 2}|diabetiker{,in}|demenz|dement|alzheimer|parkinson
multiple{,r,n} sklerose|{brust,lungen,darm,haut,prostata,blut,leber,}krebs{,erkrankung}|leukämie
{hirn,}tumor|chemo|chemotherapie|bestrahlung|dialyse|schlaganfall
herz{infarkt,fehler,insuffizienz,schrittmacher,krankheit,-op,-operation,operation}
bandscheiben{vorfall,-op,op,operation,-operation}|bandscheibe{, operiert}
{knie,hüft,rücken,augen,schulter,fuß,hand,bypass,leisten,wirbelsäulen,kreuzband,kniegelenk,hüftgelenk,meniskus,blinddarm}{-op,op,-operation,operation,-prothese,prothese}
knie operiert|hüfte operiert|arthrose|arthritis|rheuma|gicht|osteoporose|depression|depressionen
depressiv{,e,en}|burnout|burn-out|angststörung{,en}|panikattacke{,n}|ptbs|bipolar|schizophrenie
adhs|ads|autismus|autistisch|autist{,in}|asperger|down-syndrom|trisomie{, 21}
hiv{,-positiv,-infektion}|hepatitis{, a, b, c}|long covid|long-covid
corona-{infektion,erkrankung}|fehlgeburt|{risiko,}schwangerschaft|{hoch,}schwanger{,e,en}
bluthochdruck|neurodermitis|schuppenflechte|migräne{,anfälle}
{künstliche,künstliches,künstlichen,neue,neuen} {hüfte,hüftgelenk,kniegelenk}|kaiserschnitt
amputation|amputiert
{bein,arm,fuß,hand,finger,schulter,rippen,oberschenkelhals,knöchel,handgelenks}bruch
{bein,arm,fuß,handgelenk,hüfte,schulter,knöchel,hand,finger,rippe} gebrochen|hörgerät{,e}
beinprothese|armprothese|pflegegrad {1,2,3,4,5}
{schwer,geh,seh,körper,geistig ,lern,mehrfach}behindert{,e,er,en}
{schwer,geh,seh,körper,mehrfach}behinderung
gehörlos{,e}|schwerhörig|querschnitt{,s}gelähmt|gelähmt|pflegebedürftig|bettlägerig|tinnitus
{grauer,grauen,grüner,grünen} star|makuladegeneration|zöliakie|laktoseintoleranz
laktoseintolerant
{hausstaub,latex,nickel,pollen,nuss,tier,katzen,woll,federn}{allergie,-allergie}|fibromyalgie
multipler sklerose|blutvergiftung|lungenentzündung|thrombose|bandscheibenprobleme
chronische{,n} {schmerzen,krankheit}
"""


def listed(written: str) -> frozenset[str]:
    """Every phrase of a list."""
    every = written.strip().replace("\n", "|").split("|")
    return frozenset(phrase.strip() for one in every for phrase in expanded(one.strip()))


PHRASES = listed(ENGLISH) | listed(GERMAN)
