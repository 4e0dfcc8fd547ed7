// Passwords that people who write Chinese choose first: pinyin of names and phrases, numbers that sound like words, runs over
// the keyboard, proverbs. Most frequent first; `password-strength.ts` joins them with the lists of its library.

const WORDS = `
woaini woaini1314 woaini520 woaini521 woaini123 woaini5201314 5201314 1314520 5211314 1314521 520520 521521 520521 521520
5201314a a5201314 wo5201314 520woaini 1314woaini 7758521 7758258 77585210 584520 5845201314 5845211314 3344520 33445201314
147258369 147258 258369 159357 159753 123698745 741852963 789456123 1472583690 123321 112233 445566 11223344 1122334455
123123123 321321321 123456789a 12345678a a123456 a123456789 a12345678 aa123456 aa123456789 abc123456 abcd1234 abc12345
qq123456 qq123456789 qq1234 wx123456 asd123456 zxc123456 qwe123456 qaz123456 as123456 zz123456 ww123456 xx123456 ll123456
wang123456 zhang123456 chen123456 liu123456 yang123456 huang123456 zhao123456 lin123456 zhou123456 1qaz2wsx 1qaz2wsx3edc
1q2w3e4r 1q2w3e4r5t q1w2e3r4 qazwsxedc qweasdzxc qwe123asd zaq12wsx qwertyuiop asdfghjkl zxcvbnm 0987654321 9876543210
woshishui woshini woshiwo woshinibaba woshinidie nishishui nishizhu nihao nihao123 nihaoma nihaoshijie wobuzhidao buzhidao
woaiwojia woaizhongguo woaibeijing woaiziji woaimama woaibaba woailaopo woailaogong woainimen woyongyuanaini woxiangni
woxihuanni wohenni wohaoxiangni aiwojia aini1314 aini520 ainiyiwannian yishengyishi yishengaini yongyuanaini zhizhi
zhongguo zhongguo123 zhonghua zhonghuarenmin beijing beijing2008 shanghai guangzhou shenzhen chongqing chengdu wuhan
nanjing hangzhou tianjin xian xianggang taiwan taibei gaoxiong aomen qingdao dalian changsha xiamen fuzhou kunming
mima mima123 mima123456 mimamima wodemima zhanghao denglu yonghu yonghuming guanliyuan guanli xitong admin888 admin123456
laopo laogong laopowoaini laogongwoaini baobei baobao baobei520 baobao520 qinaide tangtang mimi maomao gougou
xiaoming xiaohong xiaogang xiaobao xiaoxiao xiaomao xiaogou xiaozhu zhutou dashabi shabi shagua bendan wangba
caonima caonimade nimabi tamade wocao gunkai qusi zaijian zaijianle duibuqi xiexie meiguanxi
gongxifacai facai facai888 dafacai wofacai yaofacai fafafa 888888 88888888 666666 66666666 168168 16888888 518518 588588
xinnianhao xinniankuaile shengrikuaile zhunishengrikuaile kuaile kuaile123 xingfu xingfu123 jiankang pingan pingan123
yifanfengshun wanshiruyi xinxiangshicheng haohaoxuexi tiantianxiangshang haohaoxuexitiantianxiangshang shaonian
zhangwei zhangwei123 wangwei wangwei123 wangfang liwei liwei123 lina lina123 zhangmin lijing wangjing liuwei wangxiuying
zhangli lixiuying wangli zhangjing liming liming123 wangyong lihua lihua123 zhangyong wangjie zhangjie lijie wanglei
zhanglei lilei lilei123 hanmeimei liqiang wangqiang zhangqiang liuyang wangyan zhangyan liyan wangjun zhangjun lijun
liuyan liufang chenjing chenwei chenjie chenchen yangyang yangyang123 liyang zhangyang wangyang zhaowei zhouwei huangwei
xuwei sunwei mawei zhuwei huwei guowei hewei gaowei linwei luowei zhengwei liangwei xiewei songwei tangwei
chenguanxi zhoujielun jaychou zhoujielun123 liudehua linzhiling wangfei zhangxueyou yaoming liuxiang
taobao alipay zhifubao weixin weixin123 wechat wechat123 weibo tencent baidu jingdong douyin tiktok dingding feishu
longlong dragon888 laohu xiaolong feifei feifei123 lili123 lingling tingting tingting123 jingjing jingjing123 yuanyuan
huanhuan beibei yingying nini dudu doudou doudou123 niuniu niuniu123 qiqi lele lele123 leilei leilei123 mengmeng
haha123 hahaha hehehe xixi123 heihei aaaaaa111 aaa123456 1234qwer qwer1234 asdf1234 zxcv1234 q123456 q123456789 w123456
z123456 z123456789 s123456 l123456 x123456 y123456 woaini1234 woaini888 woaini1988 woaini1990 woaini2008
i123456 5201314520 1314520520 20082008 19491001 20080808 12345678910 1234567890 100200300 110120119 110119120
wo123456 ni123456 ta123456 mm123456 gg123456 mm1314520 nanpengyou nvpengyou tongxue laoshi laoshi123 xuesheng xuexiao
youxi youxi123 chuanqi chuanqi123 moshou moshou123 wangzhe wangzherongyao yingxionglianmeng 
我爱你 我爱你一万年 我爱你一生一世 我爱你一辈子 我爱中国 我爱我家 我爱北京 密码 我的密码 请输入密码 不知道密码 忘记密码
你好 你好世界 你好吗 大家好 好好学习天天向上 好好学习 天天向上 恭喜发财 新年快乐 生日快乐 祝你生日快乐 万事如意 心想事成 一帆风顺
一生一世 一心一意 永远爱你 老婆我爱你 老公我爱你 宝贝我爱你 中国 中华人民共和国 为人民服务 人民万岁 管理员 测试 测试密码 一二三四五六七八
我愛你 我愛你一萬年 我愛台灣 密碼 我的密碼 忘記密碼 你好嗎 好好學習天天向上 恭喜發財 新年快樂 生日快樂 祝你生日快樂 萬事如意 一帆風順
一生一世愛你 永遠愛你 老婆我愛你 老公我愛你 中華民國 管理員 測試 測試密碼 阿彌陀佛 阿弥陀佛 芝麻开门 芝麻開門
`;

export const CHINESE_PASSWORDS: readonly string[] = [...new Set(WORDS.trim().split(/\s+/u))];
