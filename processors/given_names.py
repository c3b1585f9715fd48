"""Given names in English and German that hardly anybody of another gender bears; folded.

Left out is what is borne by all (Kim, Robin, Sascha, Alex), differs between the two languages or
their neighbours (Andrea, Simone, Jan, Jean, Nicola), or is also a common family name.
"""

from ticketstream.processors.detectors.words import fold, listed

_FEMALE = listed(
    "abigail adelheid agnes alexandra alice alina amanda amelia amy anastasia angela angelika "
    "anita anja anke anna annalena anne annegret anneliese annemarie annette annika antje astrid "
    "aurelia barbara beate beatrice bettina bianca birgit brigitte britta carina carla carmen "
    "carolin caroline catherine cecilia charlotte chiara christa christiane christina christine "
    "claire clara claudia constanze corinna cornelia dagmar daniela deborah denise diana dorothea "
    "dorothy edith eleanor elena elfriede elisabeth elizabeth elke ella ellen emilia emily emma "
    "erika esther eva evelyn fatima felicitas fiona franziska frida frieda friederike gabi gerda "
    "gertrud gisela greta gudrun hanna hannah hannelore heather heidi heike helen helena helga "
    "hilde hildegard ida ilona ilse ines ingeborg ingrid irene irina irmgard isabel isabella "
    "isabelle jana janet janina jasmin jennifer jessica joanna johanna josefine josephine judith "
    "julia juliane julie jutta karen karin karla karolina karoline kate katharina katherine "
    "kathleen kathrin katja katrin kerstin klara kristin kristina lara larissa laura lea lena "
    "leonie lieselotte lilli linda lisa lotte louisa louise lucia lucy luisa luise lydia "
    "madeleine magdalena maggie manuela margaret margarete margit margot maria marianne marie "
    "marina marion marlene marta martha martina mary mathilda mechthild megan melanie melissa mia "
    "michaela michelle mila miriam monica monika nadine nadja nancy natalia natalie natascha nina "
    "olga olivia ottilie pamela patricia paula pauline petra pia rachel ramona rebecca rebekka "
    "regina renate rita rosa rosemarie ruth sabine sabrina samantha sandra sara sarah sibylle "
    "sigrid silke silvia siobhan sofia sonja sophia sophie stefanie steffi stella stephanie susan "
    "susanna susanne svenja svetlana sylvia tamara tanja tatjana theresa therese tina trudi "
    "ulrike ursula ute valentina vanessa vera verena veronika victoria viktoria waltraud wanda "
    "wendy wiebke wilma xenia yasmin yvonne zoe"
)
_MALE = listed(
    "aaron achim adam adrian albert alexander alfred ali andre andreas andrew anthony anton "
    "antonio armin arne arno arthur axel ben benedikt benjamin bernd bernhard bertram bjorn bodo "
    "boris brian bruno burkhard callum carl carlos carsten christian christof christoph "
    "christopher claus clemens colin conrad cornelius craig damian daniel dave david dennis derek "
    "detlef dieter dietmar dietrich dirk donald douglas duncan eberhard edgar eduard edward egon "
    "elias emil eric erich erik ernst erwin eugen ewan fabian falk felix ferdinand finn florian "
    "franz fred frederik friedhelm friedrich fritz geoffrey georg george gerald gerd gerhard "
    "gerrit gottfried graham gregor gunnar gunter gunther gustav hannes hans harald harry hartmut "
    "hasan heiko heiner heinrich heinz helmut hendrik henning henry herbert hermann holger horst "
    "hubert hugo ian ibrahim ivan jack jakob james jannik jason jens jeremy joachim jochen johann "
    "johannes john jonas jonathan jorg josef joseph joshua julian jurgen justin karl karlheinz "
    "karsten keith kevin klaus konrad konstantin kurt lars laurenz leif leo leon leonard leonhard "
    "leopold linus lorenz lothar louis lucas ludwig luis lukas lutz magnus malte manfred manuel "
    "marc marcel marco marcus mario markus marten martin marvin matteo matthew matthias max "
    "maximilian mehmet michael mike mohammed moritz mustafa nathan neil nicholas nick nico niels "
    "nikolaus nils noah norbert olaf oliver omar oscar oskar otmar otto owen pascal patrick paul "
    "paulo peter philip philipp phillip rainer ralf ralph raphael reiner reinhard reinhold rene "
    "richard robert roger roland rolf roman ronald ruben rudi rudiger rudolf samuel sandro sean "
    "sebastian severin siegfried simon soren stefan steffen stephan stephen steve steven stuart "
    "sven thomas thorsten tim timothy tobias tom torben torsten udo ulf ulrich uwe valentin "
    "viktor vincent vinzenz volker walter wenzel werner wilfried wilhelm willi william winfried "
    "wolfgang wolfram xaver yusuf"
)
FEMALE = frozenset(map(fold, _FEMALE))
MALE = frozenset(map(fold, _MALE))
