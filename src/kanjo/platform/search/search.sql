-- How names are compared, whatever the width, case, kana or punctuation they were typed with; the twin of
-- foundation.names. "|" stays: it stands between the columns of a row, so that no match runs from one into the next.

CREATE FUNCTION search_folded(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN translate(
    regexp_replace(
        normalize(regexp_replace(normalize(lower(normalize(words, NFKC)), NFD), '[\u0300-\u036f]', '', 'g'), NFC),
        '(?<=[\u3041-\u3096\u30a1-\u30fa])[-‐‑–—―−]', 'ー', 'g'
    ) COLLATE "C",
    'ぁあぃいぅうぇえぉおかがきぎくぐけげこごさざしじすずせぜそぞただちぢっつづてでとどなにぬねのはばぱひびぴふぶぷへべぺほぼぽまみむめもゃやゅゆょよらりるれろゎわゐゑをんゔゕゖァィゥェォッャュョヮヵヶ髙﨑邊邉齋齊斉濵濱澤廣國學櫻瀨眞德惠'
        || ' !"#$%&''()*+,-./:;<=>?@[\]^_`{}~‐‑‒–—―−‘’“”„•…‥、。〃〈〉《》「」『』【】〔〕〜゠・¢£¥€§©®°±×÷→←↑↓○●◎△▲▽▼□■◇◆☆★※♪' || E'\t\n\r',
    'アアイイウウエエオオカガキギクグケゲコゴサザシジスズセゼソゾタダチヂツツヅテデトドナニヌネノハバパヒビピフブプヘベペホボポマミムメモヤヤユユヨヨラリルレロワワヰヱヲンヴカケアイウエオツヤユヨワカケ高崎辺辺斎斎斎浜浜沢広国学桜瀬真徳恵'
);

-- All pieces of one and of two characters: what the indexes hold. The cost tells the planner to ask the index.
CREATE FUNCTION search_grams(words text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT COST 5000
RETURN (
    SELECT array_agg(DISTINCT substr(folded, place, size))
    FROM (SELECT public.search_folded(words) AS folded) AS whole,
        generate_series(1, length(folded)) AS place,
        generate_series(1, 2) AS size
);

-- The pieces that a row must have to hold the words; of no words the empty one, which no row has.
CREATE FUNCTION search_keys(words text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN (
    SELECT array_agg(DISTINCT substr(folded, place, 2))
    FROM (SELECT public.search_folded(words) AS folded) AS whole,
        generate_series(1, greatest(length(folded) - 1, 1)) AS place
);
