"""The words of the made-up Japanese company: its people, products and customers, all of them invented."""

from __future__ import annotations

PEOPLE = """
key,name,name_en,role,team,manager
kikuchi,菊池 直人,Naoto Kikuchi,sales_manager,東日本営業部,
onodera,小野寺 美咲,Misaki Onodera,sales_manager,西日本営業部,
hayasaka,早坂 健太,Kenta Hayasaka,sales_rep,東日本営業部,kikuchi
tachibana,橘 彩花,Ayaka Tachibana,sales_rep,東日本営業部,kikuchi
mizoguchi,溝口 翔,Sho Mizoguchi,sales_rep,東日本営業部,kikuchi
uehara,上原 由佳,Yuka Uehara,sales_rep,西日本営業部,onodera
nagatomo,長友 大輔,Daisuke Nagatomo,sales_rep,西日本営業部,onodera
asakura,朝倉 奈緒,Nao Asakura,renewal_rep,契約更新課,kikuchi
shiraki,白木 陽平,Yohei Shiraki,renewal_rep,契約更新課,onodera
fukatsu,深津 千尋,Chihiro Fukatsu,sales_operations,営業企画部,
hirose,広瀬 俊介,Shunsuke Hirose,approver,営業本部,
kurata,倉田 麻衣,Mai Kurata,deal_management,契約管理課,
tsukamoto,塚本 恵,Megumi Tsukamoto,rev_rec,経理部,
noguchi,野口 拓也,Takuya Noguchi,receivables,経理部,
segawa,瀬川 真理,Mari Segawa,license_management,ライセンス管理課,
sakakibara,榊原 誠,Makoto Sakakibara,cxo,役員室,
murase,村瀬 和彦,Kazuhiko Murase,cfo,役員室,
kuze,久世 礼子,Reiko Kuze,clo,役員室,
honjo,本庄 亮,Ryo Honjo,legal,法務部,
wakui,和久井 幸子,Sachiko Wakui,hr,人事部,
imaizumi,今泉 隆,Takashi Imaizumi,management,経営企画室,
todoroki,轟 清美,Kiyomi Todoroki,auditor,内部監査室,
kamei,亀井 悠斗,Yuto Kamei,administrator,情報システム部,
"""

PRODUCTS = """
code,name,name_en,family,charge,timing,interval_months,recognition,license_metric,price,raised_price
NMK-KT,なみき勤怠,Namiki Attendance,クラウド,recurring,in_advance,1,over_time,user,320,360
NMK-WF,なみきワークフロー,Namiki Workflow,クラウド,recurring,in_advance,1,over_time,user,480,520
NMK-EX,なみき経費精算,Namiki Expenses,クラウド,recurring,in_advance,1,over_time,user,400,
NMK-VT,なみきクラウド保管,Namiki Vault,クラウド,recurring,in_arrears,1,over_time,terabyte,18000,
NMK-DOC,なみき文書管理 期間ライセンス,Namiki Documents license,ライセンス,one_time,in_advance,0,at_a_point,user,24000,
NMK-DOC-M,なみき文書管理 年間保守,Namiki Documents maintenance,保守,recurring,in_advance,12,over_time,,4800,
NMK-EDI,なみき受発注EDI 期間ライセンス,Namiki EDI license,ライセンス,one_time,in_advance,0,at_a_point,site,680000,
NMK-EDI-M,なみき受発注EDI 年間保守,Namiki EDI maintenance,保守,recurring,in_advance,12,over_time,,122400,
NMK-PS,プレミアムサポート,Premium support,保守,recurring,in_advance,12,over_time,,600000,
NMK-API,なみきAPI連携,Namiki API,クラウド,recurring,in_advance,1,over_time,,30000,
SVC-SET,初期設定,Initial set-up,サービス,one_time,on_acceptance,0,at_a_point,,150000,
SVC-INT,導入支援（人日）,Implementation (person-day),サービス,one_time,on_acceptance,0,at_a_point,,110000,
SVC-MIG,データ移行,Data migration,サービス,one_time,on_acceptance,0,at_a_point,,480000,
SVC-TRN,管理者研修,Administrator training,サービス,one_time,on_acceptance,0,at_a_point,,180000,
"""

USAGE_PRICES = """
product,model,unit,unit_en,tiers,included,minimum
NMK-API,graduated,API呼出し,API calls,0:300/1000 100000:240/1000 400000:180/1000,10000,20000
"""

CUSTOMERS = """
name,kana,name_en,sector,city,size
株式会社葦原精密,アシハラセイミツ,Ashihara Precision Co.,製造,長野県諏訪市葦原町,900
株式会社いぶき野物流,イブキノブツリュウ,Ibukino Logistics Co.,運輸,埼玉県川口市いぶき台,620
潮見台フーズ株式会社,シオミダイフーズ,Shiomidai Foods Co.,食品,神奈川県横浜市中区潮見台,480
株式会社薄墨印刷,ウスズミインサツ,Usuzumi Printing Co.,印刷,東京都板橋区薄墨町,140
浮見堂ホテルズ株式会社,ウキミドウホテルズ,Ukimido Hotels Co.,宿泊,滋賀県大津市浮見台,350
株式会社枝折電機,シオリデンキ,Shiori Electric Co.,製造,大阪府東大阪市枝折町,1200
織部陶材株式会社,オリベトウザイ,Oribe Ceramics Co.,製造,岐阜県多治見市織部町,180
株式会社音無川建設,オトナシガワケンセツ,Otonashigawa Construction Co.,建設,東京都北区音無町,420
鏡山化成工業株式会社,カガミヤマカセイコウギョウ,Kagamiyama Chemical Co.,化学,広島県東広島市鏡山台,760
株式会社風早システム,カザハヤシステム,Kazahaya Systems Co.,情報,愛媛県松山市風早町,95
霞ヶ原病院グループ株式会社,カスミガハラビョウインググループ,Kasumigahara Hospitals Co.,医療,茨城県つくば市霞ヶ原,540
医療法人社団葛葉会,クズハカイ,Kuzuhakai Medical Corporation,医療,大阪府枚方市葛葉台,310
学校法人楠木学園,クスノキガクエン,Kusunoki Gakuen,教育,福岡県福岡市東区楠木台,260
株式会社草笛書房,クサブエショボウ,Kusabue Publishing Co.,出版,東京都文京区草笛町,120
熊笹製薬株式会社,クマザサセイヤク,Kumazasa Pharma Co.,医薬,富山県富山市熊笹町,1500
株式会社小夜鳴楽器,サヨナキガッキ,Sayonaki Instruments Co.,製造,静岡県浜松市小夜町,230
桜堤不動産株式会社,サクラヅツミフドウサン,Sakurazutsumi Realty Co.,不動産,東京都武蔵野市桜堤台,190
株式会社里芋農産,サトイモノウサン,Satoimo Farm Produce Co.,農業,福井県大野市里芋町,75
時雨観光バス株式会社,シグレカンコウバス,Shigure Coach Lines Co.,運輸,京都府京都市伏見区時雨町,280
株式会社白露化粧品,シラツユケショウヒン,Shiratsuyu Cosmetics Co.,化学,兵庫県神戸市東灘区白露町,400
水琴窟メディア株式会社,スイキンクツメディア,Suikinkutsu Media Co.,情報,東京都渋谷区水琴町,160
株式会社涼風冷熱,スズカゼレイネツ,Suzukaze Cooling Co.,建設,愛知県名古屋市港区涼風町,340
墨染繊維株式会社,スミゾメセンイ,Sumizome Textile Co.,繊維,京都府京都市南区墨染台,210
株式会社瀬音水産,セオトスイサン,Seoto Fisheries Co.,食品,宮城県石巻市瀬音町,260
蒼穹航測株式会社,ソウキュウコウソク,Sokyu Aerial Survey Co.,測量,東京都調布市蒼穹台,130
株式会社田毎の月製菓,タゴトノツキセイカ,Tagoto Confectionery Co.,食品,長野県千曲市田毎町,300
一般社団法人たそがれ観光協会,タソガレカンコウキョウカイ,Tasogare Tourism Association,団体,石川県金沢市黄昏町,40
玉砂利造園株式会社,タマジャリゾウエン,Tamajari Landscaping Co.,建設,三重県伊勢市玉砂利町,85
株式会社千鳥橋倉庫,チドリバシソウコ,Chidoribashi Warehouse Co.,倉庫,大阪府大阪市此花区千鳥台,450
月待機械株式会社,ツキマチキカイ,Tsukimachi Machinery Co.,製造,群馬県太田市月待町,980
株式会社露草デンタル,ツユクサデンタル,Tsuyukusa Dental Co.,医療,千葉県柏市露草台,110
常磐木工務店合同会社,トキワギコウムテン,Tokiwagi Builders LLC,建設,福島県いわき市常磐木町,60
株式会社遠音通信,トオネツウシン,Tone Communications Co.,通信,東京都港区遠音町,520
長月ケミカル株式会社,ナガツキケミカル,Nagatsuki Chemical Co.,化学,山口県周南市長月町,610
株式会社鳴子スポーツ,ナルコスポーツ,Naruko Sports Co.,小売,高知県高知市鳴子町,220
虹ヶ丘保育サービス株式会社,ニジガオカホイクサービス,Nijigaoka Childcare Co.,福祉,神奈川県川崎市麻生区虹ヶ台,480
株式会社縫衣アパレル,ヌイギヌアパレル,Nuiginu Apparel Co.,小売,岡山県倉敷市縫衣町,390
野分電力サービス株式会社,ノワキデンリョクサービス,Nowaki Power Services Co.,電力,新潟県新潟市中央区野分町,700
株式会社萩の戸旅館,ハギノトリョカン,Haginoto Inns Co.,宿泊,山形県鶴岡市萩の戸町,90
初霜フードサービス株式会社,ハツシモフードサービス,Hatsushimo Food Service Co.,外食,北海道札幌市白石区初霜町,650
株式会社花筏ブライダル,ハナイカダブライダル,Hanaikada Bridal Co.,サービス,東京都目黒区花筏町,150
日暮里程運送有限会社,ヒグラシリテイウンソウ,Higurashiritei Transport Ltd.,運輸,栃木県小山市日暮町,70
株式会社氷室冷蔵,ヒムロレイゾウ,Himuro Cold Storage Co.,倉庫,北海道函館市氷室町,200
吹上鋼業株式会社,フキアゲコウギョウ,Fukiage Steel Co.,鉄鋼,千葉県君津市吹上台,1100
株式会社藤波損害鑑定,フジナミソンガイカンテイ,Fujinami Adjusters Co.,保険,東京都中央区藤波町,240
冬青堂薬局株式会社,ソヨゴドウヤッキョク,Soyogodo Pharmacy Co.,小売,奈良県奈良市冬青町,330
株式会社穂高原乳業,ホタカハラニュウギョウ,Hotakahara Dairy Co.,食品,長野県安曇野市穂高原,370
帆影マリン株式会社,ホカゲマリン,Hokage Marine Co.,製造,長崎県佐世保市帆影町,290
株式会社松韻コンサルティング,ショウインコンサルティング,Shoin Consulting Co.,コンサルティング,東京都千代田区松韻町,110
澪標銀行システム株式会社,ミオツクシギンコウシステム,Miotsukushi Banking Systems Co.,情報,大阪府大阪市北区澪標町,860
株式会社水無瀬浄化,ミナセジョウカ,Minase Water Treatment Co.,環境,大阪府三島郡水無瀬台,170
社会福祉法人むらさめ会,ムラサメカイ,Murasame Welfare Corporation,福祉,熊本県熊本市東区村雨町,430
株式会社木犀警備保障,モクセイケイビホショウ,Mokusei Security Co.,警備,福岡県北九州市小倉北区木犀町,780
八重霞テクノ株式会社,ヤエガスミテクノ,Yaegasumi Techno Co.,製造,三重県四日市市八重霞町,510
株式会社夕凪汽船,ユウナギキセン,Yunagi Steamship Co.,海運,広島県呉市夕凪町,320
柚子坂食品工業株式会社,ユズサカショクヒンコウギョウ,Yuzusaka Food Industries Co.,食品,徳島県徳島市柚子坂,440
株式会社藁科測器,ワラシナソッキ,Warashina Instruments Co.,製造,静岡県静岡市葵区藁科台,125
株式会社渡し舟システム販売,ワタシブネシステムハンバイ,Watashibune Systems Sales Co.,販売代理店,東京都台東区渡し舟町,180
飛び石ソリューションズ株式会社,トビイシソリューションズ,Tobiishi Solutions Co.,販売代理店,愛知県名古屋市中村区飛石町,210
株式会社市松マーケットプレイス,イチマツマーケットプレイス,Ichimatsu Market Co.,マーケットプレイス,東京都品川区市松町,140
"""

DEPARTMENTS = (
    "情報システム部",
    "人事総務部",
    "経理部",
    "製造管理部",
    "大阪支店",
    "九州営業所",
    "東北工場",
    "購買部",
    "研究開発センター",
)

END_USERS = (
    "金型メーカー様",
    "食品加工会社様",
    "学習塾様",
    "測量事務所様",
    "歯科医院様",
    "水産加工組合様",
    "市民ホール様",
    "和菓子店様",
)
"""For whom a reseller orders, as its orders say."""

LOST_BECAUSE = (
    ("競合他社の提示価格に及ばず", "A competitor was cheaper"),
    ("来年度予算に見送り", "Put off to next year's budget"),
    ("既存システムの延命を決定", "The present system is kept"),
    ("自社開発に切り替え", "Built in-house instead"),
    ("担当部門の体制変更により検討中止", "The department was reorganised"),
    ("必要な外部連携に未対応", "An integration they need is missing"),
    ("親会社指定の製品に統一", "The parent company prescribes another product"),
    ("要件が固まらず無期延期", "Requirements stay open, put off without date"),
)

LAPSED_BECAUSE = (
    ("事業縮小により利用者が減少したため", "Fewer users after the business shrank"),
    ("グループ共通システムへ移行するため", "Moves to the group's common system"),
    ("利用率が低く費用に見合わないため", "Used too little for what it costs"),
)

APPROVED_COMMENTS = (
    "初回取引につき承認します。",
    "利用者数の増加が見込めるため承認します。",
    "粗利は確保されている。承認。",
    "競合対抗として妥当な水準です。",
    "年度末までの受注を条件とせず承認します。",
    "",
    "",
)

PO_NUMBERS = ("注文書第{number}号", "PO-{number}", "発注{number}", "購{number}")

BECAUSE = {
    "prepayment": ("2年分の一括前払いに同意する書面を受領すること。", "Written consent to pay both years in advance."),
    "commitment": ("導入事例の公開に関する承諾書を受領すること。", "Written consent to be named as a reference."),
    "users": ("契約期間中の利用者数を確約する書面を受領すること。", "A written commitment to the number of users."),
    "withdrawn": ("顧客の要望により構成を見直すため", "The customer wants another configuration"),
}
"""Conditions of approvers and reasons, in both languages."""

STRAYS = """
on,payer,amount,text,cancels
-9:12,ﾕｲﾊﾗ ｼﾖｳｼﾞ(ｶ,132000,,
-9:22,ﾕｲﾊﾗ ｼﾖｳｼﾞ(ｶ,132000,,1
-1:18,ﾊﾀﾉ ｼﾝｲﾁ,55000,,
-1:25,ｶ)ｵﾄﾅｼｶﾞﾜﾎ-ﾙﾃﾞｲﾝｸﾞｽ,418000,,
0:02,ｶ)ｻﾄﾐﾔ,96800,,
0:06,ｴﾝﾄﾞｳ ﾅｵﾔ,33000,ｹﾝｼﾕｳﾋ,
"""
"""Money that arrives for no invoice; the first was sent to the wrong account and went back."""

CREDITS = """
on,because,set_off
-8:12,請求先の部署名を訂正して再発行するため,1
-1:12,宛名の誤りを訂正して再発行するため,
"""

TOLD = """
deal,act,on,effective,until,quantity,because
SGD-067,amend,-2:12,-2:16,,200,新営業所の開設に伴う利用者の追加
SGD-063,amend,-1:12,-1:01,,90,部門統合に伴う利用者の減少
SGD-064,pause,-1:18,0:01,2:01,,システム更改に伴う一時休止
SGD-093,hold,-1:20,-1:20,1:20,,顧客の注文書を待つため
SGD-042,group,-3:02,-3:02,,,月締めの請求書を1通にまとめる顧客の希望
"""

USAGE = """
on,event,used_on,quantity,corrects,because
-8:06,api-08-1,-8:05,9000,,
-8:13,api-08-2,-8:12,11000,,
-8:20,api-08-3,-8:19,10000,,
-8:25,api-08-4,-8:24,12000,,
-7:06,api-07-1,-7:05,20000,,
-7:13,api-07-2,-7:12,24000,,
-7:20,api-07-3,-7:19,27000,,
-7:25,api-07-4,-7:24,25000,,
-6:06,api-06-1,-6:05,28000,,
-6:13,api-06-2,-6:12,33000,,
-6:20,api-06-3,-6:19,31000,,
-6:25,api-06-4,-6:24,36000,,
-5:06,api-05-1,-5:05,48000,,
-5:13,api-05-2,-5:12,55000,,
-5:20,api-05-3,-5:19,52000,,
-5:25,api-05-4,-5:24,55000,,
-4:06,api-04-1,-4:05,70000,,
-4:13,api-04-2,-4:12,78000,,
-4:20,api-04-3,-4:19,77000,,
-4:25,api-04-4,-4:24,80000,,
-3:06,api-03-1,-3:05,90000,,
-3:13,api-03-2,-3:12,120000,,
-3:20,api-03-3,-3:19,98000,,
-3:25,api-03-4,-3:24,104000,,
-2:06,api-02-1,-2:05,118000,,
-2:13,api-02-2,-2:12,135000,,
-2:20,api-02-3,-2:19,130000,,
-2:25,api-02-4,-2:24,137000,,
-1:06,api-01-1,-1:05,140000,,
-1:13,api-01-2,-1:12,148000,,
-1:20,api-01-3,-1:19,146000,,
-1:25,api-01-4,-1:24,151000,,
-3:10,api-04-5,-4:27,45000,,
-2:09,api-03-2b,-3:12,60000,api-03-2,二重に計測された分の訂正
"""
"""What one customer calls: a delivery a week, one of them late, and one that was counted twice and is corrected."""
