"""What the demo firms and people are called. All invented; a likeness is chance."""

STEMS = {
    "en": (
        *("Saltmarsh", "Kittiwake", "Ravenmere", "Oakhallow", "Pellwick", "Thornquay"),
        *("Greywater", "Marram", "Foxgill", "Stonebeck", "Windlecombe", "Brackwater"),
        *("Hollinside", "Farthing", "Seabright", "Gannet", "Merrowdown", "Quillfeather"),
        *("Larkspur", "Ashdene", "Bellwether", "Lanternfield", "Cormorant", "Tideswell"),
    ),
    "fr": (
        *("des Embruns", "de l'Écluse", "du Phare", "de la Dune", "des Glycines", "du Cèdre"),
        *("Mirabelle", "Chênevert", "Rochebrume", "Aubépine", "de l'Étoile", "des Forges"),
        *("Clairvallon", "Fontclaire", "du Héron", "Hirondelle", "Cœur-de-Lune", "Longuépée"),
        *("Trémière", "Valombre", "Noisetier", "Belle-Rive", "de la Grève", "du Goéland"),
        *("Marjolaine", "des Tisserands", "Bruyère", "du Vieux Môle", "Améthyste", "Pervenche"),
        *("de la Forêt", "Sérénac", "Delombre", "Vasselin", "Guérinval", "Thévenard"),
    ),
    "de": (
        *("Wellenkamp", "Hafenlicht", "Lindhorster", "Möwenberg", "Steinbrecht", "Kranichau"),
        *("Deichvogt", "Elsterwald", "Birkhahn", "Falkenrot", "Grünwasser", "Hollerstein"),
        *("Jägerhorst", "Brandauer", "Silberdistel", "Torfmoor", "Wacholder", "Nebelhorn"),
    ),
    "nl": ("Zilverreiger", "Waterlelie", "Kraanvogel", "Duinzicht", "Baken", "Meerkoet"),
    "da": (
        *("Lyngholt", "Fjordlys", "Klitbjerg", "Strandhus", "Møllebæk", "Ørnevang"),
        *("Sølvkær", "Tangkrog", "Blåmunk", "Havtorn"),
    ),
    "sv": (
        *("Björkudden", "Granholmen", "Skärsund", "Tallåsen", "Åkerviken", "Måsklippan"),
        *("Norrskär", "Ljungdal", "Östanvind", "Enbusken"),
    ),
    "no": (
        *("Nordvåg", "Skjærholm", "Tindfoss", "Havørn", "Lyngåsen", "Blåskjell"),
        *("Fjellrype", "Vardefyr"),
    ),
    "fi": (
        *("Merituuli", "Saaristo", "Koivuranta", "Lokkisaari", "Hopeavesi", "Kuusela"),
        *("Päivänkulma", "Kaislikko", "Pihlajaranta"),
    ),
    "pl": ("Bursztynek", "Mewa Biała", "Latarnik", "Sosnówka"),
    "it": ("Gabbiano", "Lanterna", "Scogliera", "Maestrale"),
}
TRADES = {
    "en": (
        *("Hotels", "Chandlery", "Marine Services", "Foods", "Builders", "Boatyard"),
        *("Catering", "Interiors", "Engineering", "Fisheries", "Logistics", "Supplies"),
        *("Joinery", "Cold Stores", "Coatings", "Leisure"),
    ),
    "fr": (
        *("Atelier", "Brasserie", "Comptoir", "Maison", "Hôtel", "Menuiserie", "Voilerie"),
        *("Établissements", "Pêcheries", "Chantier", "Épicerie", "Galerie", "Corderie"),
        *("Transports", "Traiteur", "Hôtellerie"),
    ),
    "de": (
        *("Stahlbau", "Logistik", "Schiffsbedarf", "Hotelbedarf", "Bau", "Werkzeuge"),
        *("Feinkost", "Technik", "Holzhandel", "Tauwerk", "Kühlhäuser", "Lacke"),
    ),
    "nl": ("Scheepsbenodigdheden", "Bouw", "Logistiek", "Horeca", "Touwwerk", "Visserij"),
    "da": (
        *("Marine Supply", "Byg", "Hotel", "Fiskeri", "Tømmer", "Catering", "Transport"),
        *("Maskiner", "Bådeværft"),
    ),
    "sv": (
        *("Bygg", "Marin", "Hotell", "Livs", "Åkeri", "Snickeri", "Verkstad", "Rep & Tåg"),
        *("Färg", "Kök"),
    ),
    "no": ("Hotell", "Marine", "Bygg", "Fisk", "Transport", "Verft", "Catering", "Tauverk"),
    "fi": ("Foods", "Rakennus", "Hotelli", "Venetarvike", "Kuljetus", "Kala", "Puusepät"),
    "pl": ("Budowa", "Transport", "Hotele", "Stocznia"),
    "it": ("Nautica", "Alimentari", "Arredi", "Cordami"),
}
FORMS = {
    "GB": ("Ltd", "Ltd", "Ltd", "plc", "LLP"),
    "IE": ("Ltd", "DAC"),
    "US": ("Inc.", "LLC"),
    "FR": ("SAS", "SARL", "SA"),
    "BE": ("SRL", "SA"),
    "LU": ("Sàrl", "SA"),
    "DE": ("GmbH", "GmbH", "AG", "GmbH & Co. KG"),
    "AT": ("GmbH",),
    "CH": ("AG",),
    "NL": ("B.V.",),
    "DK": ("A/S", "ApS"),
    "SE": ("AB",),
    "NO": ("AS",),
    "FI": ("Oy",),
    "PL": ("Sp. z o.o.",),
    "IT": ("S.r.l.",),
}

FIRST_NAMES = {
    "en": (
        *("Alice", "Ruth", "Thomas", "Edward", "Grace", "Nadia", "Owen", "Hugh", "Priya"),
        *("Martin", "Helen", "Joseph", "Amara", "Kieran", "Beth", "Callum"),
    ),
    "fr": (
        *("Élodie", "Hélène", "Benoît", "Jérôme", "Chloé", "François", "Anaïs", "Maëlle"),
        *("Rémi", "Cédric", "Aurélie", "Gaëtan", "Léa", "Noé", "Sophie", "Luc"),
    ),
    "de": (
        *("Jürgen", "Käthe", "Anke", "Matthias", "Sören", "Birgit", "Jörg", "Lena"),
        *("Henning", "Ulrike", "Volker", "Silke"),
    ),
    "da": (
        *("Søren", "Mette", "Lærke", "Anders", "Bodil", "Jeppe", "Kirsten", "Rasmus"),
        *("Asger", "Dorthe", "Freja", "Viggo"),
    ),
    "sv": (
        *("Åsa", "Göran", "Linnéa", "Björn", "Karin", "Måns", "Elin", "Sixten"),
        *("Gun", "Hjalmar", "Ebba", "Torsten"),
    ),
    "no": (
        *("Ingrid", "Øystein", "Håkon", "Solveig", "Kjersti", "Eirik", "Maren", "Tor"),
        *("Sindre", "Åse", "Live", "Gudrun"),
    ),
    "fi": (
        *("Päivi", "Jari", "Sanna", "Eino", "Anneli", "Mikko", "Oona", "Väinö", "Helmi"),
        *("Tarja", "Pentti", "Lauri"),
    ),
    "nl": ("Femke", "Joris", "Maaike", "Bram", "Sanne", "Ruben"),
}
SURNAMES = {
    "en": (
        *("Whitlock", "Ashdown", "Pemberly", "Okonjo", "Tarrant", "Selwood", "Marchbank"),
        *("Dunmore", "Ahmadi", "Fairweather", "Hargrove", "Lockyer", "Penrose", "Stainforth"),
        *("Brackley", "Underhill"),
    ),
    "fr": (
        *("Delombre", "Vasselin", "Guérinval", "Thévenard", "Lépinois", "Beauchesne"),
        *("Rochefontaine", "Mérigot", "Darsonval", "Hébrardin", "Caradeux", "Frémondin"),
        *("Lavergnolle", "Quénetain", "Saulieu", "Tréhorel"),
    ),
    "de": (
        *("Lindhorst", "Wellenkamp", "Böttinger", "Rüggeberg", "Hasselbrink", "Störmer"),
        *("Quastenberg", "Jansohn", "Elverfeld", "Deichgräber", "Ohlsdörfer", "Vossberg"),
    ),
    "da": (
        *("Lyngholt", "Tangkjær", "Mølbak", "Ørnstrup", "Klitgren", "Havlund", "Søbred"),
        *("Rosenkær", "Vigsø", "Hjortlund"),
    ),
    "sv": (
        *("Granholm", "Skärlind", "Tallberg", "Åkervik", "Norrskog", "Ljungmark", "Östvind"),
        *("Enbuske", "Måsvik", "Hedlind"),
    ),
    "no": (
        *("Nordvåg", "Skjærstad", "Tindeland", "Havnås", "Lyngfoss", "Vardøy", "Brattnes"),
        *("Rypdal", "Steinvik", "Moldøy"),
    ),
    "fi": (
        *("Merilinna", "Saarikivi", "Koivuranta", "Lokkinen", "Hopeala", "Kaislanen"),
        *("Pihlajisto", "Tuulisalo", "Jäälinna"),
    ),
    "nl": ("van Duinzicht", "Meerkoet", "de Waterman", "Zandloper", "Touwslager"),
}
