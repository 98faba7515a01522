/**
 * English words whose forms no rule of a stemmer brings together: a word, and the forms that stand for it. A
 * form that is another word at least as often is not in the list ("bit", "lives", "rose", "shot", "wound").
 * British spellings and the numbers to twelve are.
 */
const FORMS = `
arise: arose arisen
awake: awoke awoken
bear: borne
beat: beaten
become: became
begin: began begun
bend: bent
bite: bitten
bleed: bled
blow: blew blown
break: broke broken
breed: bred
bring: brought
build: built
burn: burnt
buy: bought
catch: caught
choose: chose chosen
cling: clung
come: came
creep: crept
deal: dealt
dig: dug
do: did done does
draw: drew drawn
dream: dreamt
drink: drank drunk
drive: drove driven
eat: ate eaten
fall: fell fallen
feed: fed
feel: felt
fight: fought
find: found
flee: fled
fly: flew flown flies
forbid: forbade forbidden
forget: forgot forgotten
forgive: forgave forgiven
freeze: froze frozen
get: got gotten
give: gave given
go: went gone goes
grow: grew grown
hang: hung
hear: heard
hide: hid hidden
hold: held
keep: kept
kneel: knelt
know: knew known
lead: led
lean: leant
leap: leapt
learn: learnt
leave: left
lend: lent
lie: lain lying
light: lit
lose: lost
make: made
mean: meant
meet: met
mistake: mistook mistaken
overcome: overcame
pay: paid
prove: proven
ride: rode ridden
ring: rang rung
rise: risen
run: ran
say: said
see: saw seen
seek: sought
sell: sold
send: sent
sew: sewn
shake: shook shaken
shine: shone
show: shown
shrink: shrank shrunk
sing: sang sung
sink: sank sunk
sit: sat
sleep: slept
slide: slid
smell: smelt
speak: spoke spoken
spell: spelt
spend: spent
spill: spilt
spin: spun
spoil: spoilt
spring: sprang sprung
stand: stood
steal: stole stolen
stick: stuck
sting: stung
strike: struck
strive: strove striven
swear: swore sworn
sweep: swept
swell: swollen
swim: swam swum
swing: swung
take: took taken
teach: taught
tear: tore torn
tell: told
think: thought
throw: threw thrown
understand: understood
undertake: undertook undertaken
wake: woke woken
wear: wore worn
weave: wove woven
weep: wept
win: won
withdraw: withdrew withdrawn
write: wrote written
child: children
person: people
man: men
woman: women
foot: feet
tooth: teeth
goose: geese
mouse: mice
wife: wives
knife: knives
loaf: loaves
half: halves
shelf: shelves
thief: thieves
wolf: wolves
calf: calves
scarf: scarves
good: better best
bad: worse worst
analysis: analyses
crisis: crises
diagnosis: diagnoses
colour: color
favourite: favorite
favour: favor
flavour: flavor
harbour: harbor
honour: honor
humour: humor
labour: labor
neighbour: neighbor
neighbourhood: neighborhood
behaviour: behavior
centre: center
theatre: theater
litre: liter
metre: meter
grey: gray
mum: mom
jewellery: jewelry
pyjamas: pajamas
programme: program
tyre: tire
travel: travelled travelling traveller
cancel: cancelled cancelling
1: one
2: two
3: three
4: four
5: five
6: six
7: seven
8: eight
9: nine
10: ten
11: eleven
12: twelve
`;

/** The word that an irregular form stands for, by the form. */
export const IRREGULAR: ReadonlyMap<string, string> = new Map(
  FORMS.trim()
    .split('\n')
    .flatMap((line) => {
      const [word = '', forms = ''] = line.split(': ');
      return forms.split(' ').map((form): [string, string] => [form, word]);
    }),
);
