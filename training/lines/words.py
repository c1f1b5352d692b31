"""Common words of languages of the Latin alphabet, with their accents, and phrases in which their rarer marks occur."""

from __future__ import annotations

from training.lines.lists import kept

ENGLISH = """
the and of to in a is that for it as was with be by on not he his but at are this have from or had an they which one
you were her all she there would their we him been has when who will more no if out so said what up its about into
than them can only other new some could time these two may then do first any my now such like our over man me even
most made after also did many before must through back years where much your way well down should because each just
those people too how don't can't it's we're I'm you'll they've isn't won't that's o'clock café naïve façade résumé
coöperate entrée
"""

NOUNS = """
invoice payment delivery account please number total date order attached enclosed regards balance amount due received
report meeting minutes agenda project system results analysis figure table section annual statement quarter increase
customer service support contract agreement clause party parties pursuant notice policy claim insured premium benefit
patient dose tablet daily treatment blood pressure history examination sample method water temperature pressure
surface kitchen garden window street house station train ticket doctor school teacher letter morning evening winter
summer sugar flour butter chicken lemon pepper bottle engine wheel cable switch battery screen button printer paper
folder network server password update version download file error warning memory user data value function class return
example note license parking boiler harvest museum bridge river harbour ceiling committee tenant lease mortgage
dividend voltage valve bearing gasket solvent acid enzyme protein vaccine nurse surgeon ward clinic parcel courier
pallet crate forklift depot orchestra violin novel poem chapter paragraph footnote editor printer's author's
children's driver's co-operation re-entry x-ray e-mail t-shirt by-law mother-in-law check-in follow-up half-day
well-being twenty-one U-turn A-level vis-à-vis
"""

FRENCH = """
le la les un une des du de et à au aux en dans par pour sur avec sans sous être avoir été était même très après où là
déjà voilà élève école français française garçon leçon façade reçu ça cœur sœur œuvre œil bœuf nœud forêt fenêtre fête
tête hôtel hôpital côté bientôt île maître connaître naître août goût sûr mûr Noël naïf maïs haïr ambiguë père mère
frère première dernière manière lumière rivière siècle mètre kilomètre célèbre problème système modèle près dès
progrès succès santé qualité société liberté égalité fraternité année journée arrivée entrée idée musée lycée théâtre
château gâteau numéro téléphone télévision réponse réunion région pièce prénom nom adresse ville rue bâtiment étage
clé clôturé payé dû échéance référence désignation quantité unité prix montant remise règlement chèque virement délai
livraison commande facture avoir société siège gérant associé salarié congé métier médecin infirmière médicament
ordonnance aujourd’hui l’homme d’une qu’il n’est c’est j’ai s’il l’été l’eau jusqu’à quelqu’un presqu’île pâtes crème
brûlée légumes œufs thé
"""

GERMAN = """
der die das und ist nicht ein eine mit für über unter auf aus bei nach von zu zum zur daß dass wäre hätte könnte müßte
würde möchte dürfen müssen können für führen fühlen früh Frühling grün Grüße Größe groß Straße Fuß Fluß süß heiß weiß
schließen beschließen außen draußen außerdem gemäß Maß Spaß Gruß Schluß Öl Öffnung öffentlich österreichisch Übung
übrig Übersicht Überweisung Ärger Ärztin ähnlich älter Äpfel Bäume Häuser Mädchen Väter später während Gebühr Gebäude
Geschäft Geschäftsführer Zähler Zahlung Rechnung Rechnungsnummer Beträge Betrag Mehrwertsteuer Umsatzsteuer Währung
Lieferung Stück Menge Bezeichnung Einzelpreis Gesamtsumme fällig zzgl. inkl. bzw. z.B. d.h. usw. Nr. Tel. Bürger Büro
Tür Stühle Küche Brücke Stück zurück Glück München Köln Düsseldorf Nürnberg Lübeck Göttingen Tübingen Königsberg schön
hören gehört möglich nötig plötzlich böse Söhne Wörter Bücher Schlüssel Hütte Mühle Kühlschrank Flüssigkeit Länge Höhe
Breite Qualität Universität Fähigkeit tätig jährlich täglich vollständig ständig gültig ungültig Unterschrift Datum
Ort
"""

SPANISH = """
el la los las un una de del que y en por para con sin está están más sí también día días año años niño niña mañana
señor señora señorita España español compañía pequeño sueño otoño cariño baño montaña cabaña teléfono número dirección
información atención situación solución acción canción corazón razón avión camión jardín ratón limón melón algún según
después además aquí allí así café árbol lápiz fácil difícil útil inútil móvil césped azúcar cárcel último público
médico música página línea química matemáticas económico político histórico única rápido sábado miércoles crédito
débito cuánto cuándo cómo dónde quién qué por qué cuál él tú mí té sé dé vergüenza pingüino cigüeña bilingüe
lingüística antigüedad país raíz maíz baúl ahí había tenía sería vivían leído caído oído río frío tío vacío factura
importe recibo fecha firma vencimiento cantidad precio descuento impuesto pago cuenta saldo envío artículo código
población provincia habitación
"""

ITALIAN = """
il lo la i gli le un uno una di del della che e è con senza per tra perché poiché affinché né sé più già giù può però
così lì là città università qualità quantità libertà verità felicità attività età metà virtù gioventù caffè tè lunedì
martedì mercoledì giovedì venerdì sarà farà potrà dovrà andrò farò cioè papà comò falò l’anno dell’arte un’altra
all’inizio nell’ambito quest’anno c’è dov’è com’è fattura importo scadenza pagamento bonifico conto codice fiscale
indirizzo via piazza numero telefono data firma luogo nascita cognome nome ragione sociale aliquota sconto totale
imponibile spedizione consegna quantità prezzo articolo descrizione ricevuta scontrino ospedale medico ricetta gnocchi
tagliatelle prosciutto zucchine melanzane formaggio acciughe basilico bicchiere cucchiaio forchetta coltello finestra
"""

PORTUGUESE = """
o a os as um uma de do da dos das que e em no na por para com sem não são está estão também já até à às só é pé fé
café você vocês avó avô pão mão mãe irmão irmã coração razão ação ações nação nações informação informações lições
pões põe órgão bênção alemães cães capitães três mês inglês português francês ônibus ônus tônico câmara lâmpada âmbito
ânimo açúcar almoço preço serviço licença criança cabeça força começar lençol março praça faça país saúde juízo ruína
aí baú número página público política econômico técnico médico farmácia história memória vitória família próprio
início endereço código telefone fatura recibo pagamento vencimento quantidade unitário desconto imposto contribuinte
conta saldo débito crédito assinatura nome apelido morada freguesia concelho câmbio água língua freqüência lingüiça
qüinqüênio
"""

DUTCH = """
de het een en van in op te dat die niet met voor aan er om ook als maar bij nog uit naar over door zijn haar hun één
privé café financiële financiën coördinatie reünie geïnteresseerd geïnformeerd ideeën zeeën knieën België Italië
tweeën drieëntwintig beëindigen geëerd patiënt officiële coöperatie zoölogie egoïsme ruïne naïef hè hé blèren crème
scène enquête maîtresse überhaupt zo’n ’s morgens ’s avonds foto’s auto’s menu’s baby’s ’t z’n rekening bedrag
betaling factuurnummer levering aantal omschrijving prijs korting btw totaal vervaldatum klantnummer straat huisnummer
postcode woonplaats handtekening geboortedatum huisarts ziekenhuis apotheek verzekering gemeente belastingdienst
vrijdag juli
"""

SWEDISH = """
och att det som en på är av för med den till inte om ett har han hon från så vi men när där här år två många någon
något några alla också då nu går får står måste måndag lördag söndag över under före efter år års sjö sjön ö öar öppen
öppet höst vår vårt våra gå stå få små större längre bättre värld världen människa människor kärlek själ gräs träd
häst fågel räkning fakturanummer förfallodatum belopp öre kronor moms antal à-pris benämning ränta kund köp köpare
säljare försäljning företag bolag ägare adress gata väg vägen gård torg Göteborg Malmö Örebro Östersund Åre Ängelholm
tjänst läkare sköterska sjukhus apotek smörgås köttbullar ägg mjölk grädde bröd kött lök gräslök blåbär äpple idé kafé
armé à allé Kvällsöppet
"""

DANISH_NORWEGIAN = """
og at det som en på er av af for med den til ikke om et har han hun fra så vi men når hvor her år to mange noen nogle
også da nå nu går får står må mandag lørdag søndag over under før efter etter sjø sø ø øer åpen åben høst vår vårt
våre gå stå få små større lengre længere bedre verden menneske mennesker kjærlighet kærlighed sjel sjæl gress træ tre
hest regning fakturanummer forfallsdato beløp beløb øre kroner moms antall antal enhetspris rente kunde kjøp køb
kjøper sælger selskap ejer eier adresse gate gade vei vej gård torv Tromsø Bodø Ålesund Århus Aalborg Ærø Østerbro
Nørrebro Sørlandet lege læge sykehus sygehus apotek smørrebrød rødgrød med fløde æg egg mælk melk brød kjøtt kød løg
løk blåbær æble eple idé kafé allé én ét òg fôr lærer skole barn børn bøger bøker hånd ånd tåge trær gjøre gøre høre
kjøre køre blå grå rød
"""

FINNISH = """
ja on ei että se hän oli olla mutta kuin myös tämä niin kun vain jos sitten minä sinä me te he mitä mikä missä mistä
tässä tästä täällä siellä päivä päivää päivänä yö yötä työ työtä työntekijä äiti isä pöytä pöydällä sähkö sähköposti
käyttäjä käyttö hyvä hyvää hyvin yhtiö yhteensä määrä hinta lasku laskun eräpäivä viitenumero tilinumero saaja maksu
maksaja veroton vero kpl yksikkö toimitus tilaus asiakas osoite katu tie kylä kaupunki Jyväskylä Seinäjoki Äänekoski
Ylöjärvi Hämeenlinna järvi metsä lintu kesä talvi syksy kevät lämpötila lääkäri sairaala lääke näkymä näyttö kieli Åbo
Ålandia öljy älä älkää ääni äänestys pähkinä leipä jäätelö mämmi köysi löytö tyttö vähän enemmän eniten hyöty
"""

#: Words of each language, with the marks of its quotations.
TONGUES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "fr": (tuple(FRENCH.split()), ("« | »", "«|»", "“|”", "‹ | ›")),
    "de": (tuple(GERMAN.split()), ("„|“", "„|“", "‚|‘", "»|«", "›|‹")),
    "es": (tuple(SPANISH.split()), ("«|»", "“|”", "¿|?", "¡|!", "¿|?", "¡|!")),
    "it": (tuple(ITALIAN.split()), ("«|»", "“|”", '"|"')),
    "pt": (tuple(PORTUGUESE.split()), ("«|»", "“|”", "— |")),
    "nl": (tuple(DUTCH.split()), ("‘|’", "“|”", "„|”")),
    "sv": (tuple(SWEDISH.split()), ("”|”", "»|»", "– |")),
    "da": (tuple(DANISH_NORWEGIAN.split()), ("»|«", "«|»", "”|”", "– |")),
    "fi": (tuple(FINNISH.split()), ("”|”", "»|»", "– |")),
}

#: Phrases in which rare letters and marks stand where they belong.
PHRASES = kept("foreign_phrases")
