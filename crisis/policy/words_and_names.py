"""Words of every day that are names as well, in English and Spanish: in small letters they are read as words.

Folded: without accents. A name that is not here names somebody however it is written.
"""

SHORTEST = 3  # letters: what is shorter is a word, or half of one
_WORDS = """
    abril alba amor and angel april art ash august autumn baker banks bell best bill black blanca blanco bravo
    bridge bright brook brooks brown bush campo campos candela candido carpenter castillo chance charity chase
    christian church clara claro clay cliff cole consuelo cook cooper cordero corona cortes counts cross cruz dale
    dawn day dean del delgado dell den der dolores domingo don drew earl ella esperanza estrella fair faith felix
    fields fiesta fisher flor flores ford forest fortune fox franco frank franklin free french fuentes gallo garden
    gene gil glass gold grace gracia grande grant gray green grey guerra guerrero guy hall harmony harper haven hay
    heath heather herrero hill holly honesto hope house hunt hunter iglesias ivy jack jasmine javier jewel joy juez
    julio june justice justo key king knight lake lane las leal leon library lily little lobo long los love lucero
    luna luz mar marcos marina mark marks marsh martes mason may maya mayo melody mercedes mesa milagros miles
    miller mills mora moreno nick nieves norte north nova olive page paige parker parks parra pascua pastor pat
    patience paz pearl penny perla pilar pino piper plaza pope poppy porter post prado price prince prudence rain
    ramos ray read real reed reina remedios rey reyes rich rios rivera rivers rob robin rock roja rojas roman rosa
    rosario rosas rose rubio ruby rueda rush sage salas salud salvador san santiago santos serena serrano sharp
    short sierra silver sky smart smith socorro sol soledad song soto star stone story strong sue summer sunny sur
    swift taylor terry the tierra toro torre torres trinidad tucker turner valle van vega vera vero vida violet
    virtud von walker ward waters weaver wells west white will willow winter wise wood woods worth wren young
"""
ALSO_WORDS = frozenset(_WORDS.split())
