using System.Text;
using MailProxy.Directory.Passwords;
using Xunit;

namespace MailProxy.Directory.Tests.Passwords;

/// <summary>What the real tools wrote (Dovecot 2.3.19, OpenLDAP 2.5.13, libxcrypt 4.4.33).</summary>
public sealed class PasswordVectorTests
{
    private const string Hard = "pässwörd \"x\" %n";

    [Theory]
    [InlineData("{PLAIN}secret")]
    [InlineData("{CLEARTEXT}secret")]
    [InlineData("{plain}secret")]
    [InlineData("{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=")]
    [InlineData("{SHA1}5en6G6MezRroT3XKqkdPOmY/BfQ=")]
    [InlineData("{SHA.B64}5en6G6MezRroT3XKqkdPOmY/BfQ=")]
    [InlineData("{SHA.b64}5en6G6MezRroT3XKqkdPOmY/BfQ=")]
    [InlineData("{SHA.HEX}e5e9fa1ba31ecd1ae84f75caaa474f3a663f05f4")]
    [InlineData("{SHA}e5e9fa1ba31ecd1ae84f75caaa474f3a663f05f4")]
    [InlineData("{SSHA}6qOPkYbz1de1pXYA0oc8+CB4xw30kZot")]
    [InlineData("{SSHA}6wm09RHkho/6cMHtpdRtmjhvwbbHaIy7")]
    [InlineData("{SSHA.B64}51c8TQLqoFaMWpdaUutDbQTBZq+W/IhT")]
    [InlineData("{SHA256}K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols=")]
    [InlineData("{SHA256.HEX}2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b")]
    [InlineData("{SSHA256}Ej1FB2lQ8zy47oNr+8d8q0PXCbhjExDgUQ428oaGxK1FN1n6")]
    [InlineData("{SSHA256}XI0wS98600B+cXxmVqxHaHPjhL7Ats6bZRuBOyFJLANjSGJimWNs+g==")]
    [InlineData("{SSHA384}4Tit7voXcj/Rz6lHE5wa2ltBa/toY+0T1Wvg1ytsSYZ5dxLpSGyigjS8LMcRVzbuTjEi60AK4vo=")]
    [InlineData("{SHA512}vSsar3708Jvp9Szi2NWZZ02Bqp1qRCFpbcTZPdBhnWgs5WtNZKnvCXdhztmeD2cmW192CF5bDufKRpayrW/isg==")]
    [InlineData("{SSHA512}Qy+SEn6uYZRZ2Co5kskAGxQIT01lvBUFgDeiZy4+saTUmDniA3qPTLwILIsUajX4k6LJlR/20VccaOlzr2WlmQj1bRw=")]
    [InlineData("{SSHA512}TOF7fUrU3iBixEhdduMNjfFBVbS4jFYJkqi1BkWuxXAgRmdoWXbiM9qHo2SBvtjQkTOGdo5HcWkwP0+/WI4Qykg9sv/pcsqF")]
    [InlineData("{SSHA512.HEX}aedd539201080ed0fe7724ed1ef3076c13215e2c81a57fbfd1650bcb97e2b238e1b0fea10ce613662bb2eb6670cc0952a62327628dbc211934c05bfce44ce32c569824c6")]
    [InlineData("{PBKDF2}$1$OK4B0cpoLk974zTv$5000$437b91a03799515e71068f792f2c3631a6ad43ab")]
    [InlineData("{PBKDF2}$1$gYRbDaR8/vDeKPyo$1000$2590013f8858dae871bbd00fa3389dee61a684aa")]
    [InlineData("{PBKDF2}10000$iTysqWes9HgV5H/7D/3Svw$LVM18QVz5dCx8KmyxRDrd2ZTUJ0")]
    [InlineData("{PBKDF2-SHA1}10000$nmbUBZBxTYgVxo9dQClZlw$LmlB0VLkJp4QXCNsnojmerlkioA")]
    [InlineData("{PBKDF2-SHA256}10000$GvhSQCSCkROd.ts2JfKFvA$HdUbGfsl066WJIkIu3xThW543mC3of.qtxCJgWRkceE")]
    [InlineData("{PBKDF2-SHA512}10000$89lh9lNJ9w8/vAH1ZCZaqg$5T3RDIRvbQA0mUr5VJYUJjw/yhtZUImS2Y07UR32.Lz2In5S8Ya0uzOz8VdJBdbL4mVopS1tWHtDc1ykL/9kfg")]
    [InlineData("{SCRAM-SHA-256}4096,2Wsw6Sr2PcV+3tyDdSJcTA==,t7LtyXJ4aPwskMfXooA0rzkeov3c+uoOa25Pxy3lx64=,k2FeEQbAIxfUct7hrIPbSu18VCAkfY7mSb3PPwMTgSA=")]
    [InlineData("{SCRAM-SHA-1}4096,oEijz593hGkww2v5Zlyk4A==,uK+RrYqAny+EwE/0LZxo2YuJAkg=,3UxlbFRRShVA7d1r04WWWux741Y=")]
    [InlineData("{ARGON2ID}$argon2id$v=19$m=65536,t=3,p=1$oJbDuDccSuDRO5YTqd94gg$hACBTvMAEbJqeFOpdXpUls4g4ne+ZKRe6dSqXTa+7FU")]
    public void The_right_password_matches_and_no_other(string stored) => MatchesOnly(stored, "secret");

    [Theory]
    [InlineData("{MD5-CRYPT}$1$7S5Lk0/l$2.Kick3smkqiC0WTFuS7p.")]
    [InlineData("{SHA256-CRYPT}$5$7151pplMoiicSICJ$wQ3l2/B.QmsY3KHu.1.sbMev9.VvRhJUXH8Fa..eYF2")]
    [InlineData("{SHA512-CRYPT}$6$jQd5VotnuvOwTv88$sKFYLwg11VJRRfKVwDiMB1zHqacXnVImDiQRue8WtAtReTC64HK1XwxpIS1KF5vJS9BI9KmC0O0VogYn1XOLS/")]
    [InlineData("{BLF-CRYPT}$2y$05$QTAsZBM4Ms.ynBMzcaYmiOI1Qy8QF1eeGkzWUw9phs4CribCXvUe.")]
    [InlineData("{CRYPT}$2y$05$6vVTPNwVu5OQchQdaqI23et0i894141fAtOTyrTwehmhHGJ9D/KyO")]
    [InlineData("{CRYPT}L3wGNDqyZsDmg")]
    [InlineData("{CRYPT}$6$rounds=1000$saltsalt$LAV5VE5Y7w1d73x1mFNspYWUpazfmwv2SoepNXNKJ/otop/Zok96Hr8Q13LEv0DRY/x8v0/crpIjl8NJSAqXV/")]
    [InlineData("{CRYPT}$y$j9T$abcdefgh1234./$tVH2UJU26NL/65uRs3/XqIMCnpfcowf3XGH7oLB94LB")]
    public void Hashes_of_the_systems_crypt_match_too(string stored)
    {
        Assert.SkipUnless(LibCrypt.Supports(CryptMethod.Yescrypt), "libxcrypt (libcrypt.so.1) is not installed");

        MatchesOnly(stored, "secret");
    }

    [Theory]
    [InlineData("{SSHA512.B64}jX4MOe432ALbX45kD37jO7tuCF8uqJ3uPmh+99oc9tgb6mCpfjP6pFRB2jXMC24lH3Iw8a+9HMPUXhDDmqNLsYTCL98=")]
    [InlineData("{BLF-CRYPT}$2y$05$qMq7ozttq88vIROvhICE4.aX4hHlyMoSLVZLjSzjgGQX5oN/KA8i2")]
    [InlineData("{SHA512-CRYPT}$6$rounds=1000$jOIxJTS0rJm9mG6s$I0pib53QLoIKbAMfgtdWtLWqphGzXQ8MTYnbdInq7KYUa8nRrneAHTTfoKg5yyA0W.rM2/xpW1Dmf/fNPgO8K1")]
    public void Passwords_are_utf_8_and_percent_signs_are_only_that(string stored)
    {
        Assert.SkipUnless(LibCrypt.Supports(CryptMethod.Bcrypt), "libxcrypt (libcrypt.so.1) is not installed");

        MatchesOnly(stored, Hard);
    }

    private static void MatchesOnly(string stored, string password)
    {
        Assert.True(PasswordParser.TryParse(stored, out PasswordHash? hash, out string? error), error);

        Assert.True(hash.Verify(Encoding.UTF8.GetBytes(password)));
        // Twice: nothing is left of the first time.
        Assert.True(hash.Verify(Encoding.UTF8.GetBytes(password)));
        string[] others = ["", password[..^1], password.ToUpperInvariant(), " " + password, password + "x", password + "\0", "\0" + password];
        Assert.All(others, other => Assert.False(hash.Verify(Encoding.UTF8.GetBytes(other)), $"'{other}' matched"));
    }
}
