using MailProxy.Directory.Passwords;
using Xunit;

namespace MailProxy.Directory.Tests.Passwords;

public sealed class PasswordParserTests
{
    private const string Salt = "AAAAAAAAAAAAAAAAAAAAAA";
    private const string Key32 = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    [Theory]
    [InlineData("", "no scheme")]
    [InlineData("secret", "no scheme")]
    [InlineData("{SHA", "no scheme")]
    [InlineData("{PLAIN}", "not a {PLAIN} value")]
    [InlineData("{SCRAM-SHA-256}4096,2Wsw6Sr2PcV+3tyDdSJcTA==,t7LtyXJ4,k2FeEQbA", "not a {SCRAM-SHA-256} value")]
    [InlineData("{SCRAM-SHA-256}0,2Wsw6Sr2PcV+3tyDdSJcTA==,t7LtyXJ4aPwskMfXooA0rzkeov3c+uoOa25Pxy3lx64=,k2FeEQbAIxfUct7hrIPbSu18VCAkfY7mSb3PPwMTgSA=", "1 to 5000000 rounds")]
    [InlineData("{ARGON2ID}$argon2i$v=19$m=65536,t=3,p=1$oJbDuDccSuDRO5YTqd94gg$hACBTvMAEbJqeFOpdXpUls4g4ne+ZKRe6dSqXTa+7FU", "not a {ARGON2ID} hash")]
    [InlineData("{ARGON2ID}$argon2id$v=19$m=1000000,t=3,p=1$oJbDuDccSuDRO5YTqd94gg$hACBTvMAEbJqeFOpdXpUls4g4ne+ZKRe6dSqXTa+7FU", "m up to 262144")]
    [InlineData("{ARGON2ID}$argon2id$v=16$m=65536,t=3,p=1$oJbDuDccSuDRO5YTqd94gg$hACBTvMAEbJqeFOpdXpUls4g4ne+ZKRe6dSqXTa+7FU", "v=19")]
    [InlineData("{ARGON2ID}$argon2id$v=19$m=8,t=3,p=4$oJbDuDccSuDRO5YTqd94gg$hACBTvMAEbJqeFOpdXpUls4g4ne+ZKRe6dSqXTa+7FU", "not a {ARGON2ID} hash")]
    [InlineData("{PLAIN.B64}c2VjcmV0", "not a {PLAIN} value")]
    [InlineData("{NONSENSE}x", "not known here; known are PLAIN")]
    [InlineData("{}secret", "not known here")]
    [InlineData("{SHA}", "not a {SHA} value")]
    [InlineData("{SHA}5en6G6MezRroT3XKqkdPOmY/Bf=", "not a {SHA} value")]
    [InlineData("{SHA}5en6G6MezRro T3XKqkdPOmY/BfQ=", "not a {SHA} value")]
    [InlineData("{SHA.HEX}e5e9fa1ba31ecd1ae84f75caaa474f3a663f05f", "not a {SHA} value")]
    [InlineData("{SHA.HEX}g5e9fa1ba31ecd1ae84f75caaa474f3a663f05f4", "not a {SHA} value")]
    [InlineData("{SHA.ROT13}5en6G6MezRroT3XKqkdPOmY/BfQ=", "not a {SHA} value")]
    [InlineData("{SSHA}5en6G6MezRroT3XKqkdPOmY/BfQ=", "not a {SSHA} value")]
    [InlineData("{SHA256}5en6G6MezRroT3XKqkdPOmY/BfQ=", "not a {SHA256} value")]
    [InlineData("{PBKDF2}secret", "not a {PBKDF2} hash")]
    [InlineData("{PBKDF2}$1$salt$0$437b91a03799515e71068f792f2c3631a6ad43ab", "1 to 5000000 rounds")]
    [InlineData("{PBKDF2}$1$salt$-1$437b91a03799515e71068f792f2c3631a6ad43ab", "1 to 5000000 rounds")]
    [InlineData("{PBKDF2}$2$salt$1000$437b91a03799515e71068f792f2c3631a6ad43ab", "not a {PBKDF2} hash")]
    [InlineData("{PBKDF2-SHA256}$1$salt$1000$437b91a03799515e71068f792f2c3631a6ad43ab", "not a {PBKDF2-SHA256} hash")]
    [InlineData("{CRYPT}*", "not a {CRYPT} hash")]
    [InlineData("{CRYPT}*0", "not a {CRYPT} hash")]
    [InlineData("{CRYPT}!", "not a {CRYPT} hash")]
    [InlineData("{CRYPT}", "not a {CRYPT} hash")]
    [InlineData("{CRYPT}$y$jFT$abcdefgh1234./$tVH2UJU26NL/65uRs3/XqIMCnpfcowf3XGH7oLB94LB", "not a {CRYPT} hash")]
    [InlineData("{CRYPT}$7$CU..../....salt$3pEjbUdEhvqTYSIcHIw1Pvd.Cs4jHWWDYzm8Qpa7wc8", "not a {CRYPT} hash")]
    [InlineData("{SHA512-CRYPT}$5$7151pplMoiicSICJ$wQ3l2/B.QmsY3KHu.1.sbMev9.VvRhJUXH8Fa..eYF2", "not a {SHA512-CRYPT} hash")]
    [InlineData("{SHA512-CRYPT}$6$salt$short", "not a {SHA512-CRYPT} hash")]
    public void A_password_that_cannot_be_used_is_refused_with_a_reason(string stored, string reason)
    {
        Assert.False(PasswordParser.TryParse(stored, out _, out string? error));

        Assert.Contains(reason, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hunter2")]
    [InlineData("{hunter2}hunter2")]
    [InlineData("{SHA}hunter2")]
    [InlineData("{CRYPT}hunter2")]
    [InlineData("{PBKDF2}hunter2")]
    [InlineData("{PBKDF2.hunter2}x")]
    public void A_reason_does_not_repeat_the_password(string stored)
    {
        Assert.False(PasswordParser.TryParse(stored, out _, out string? error));

        Assert.DoesNotContain("hunter2", error, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData(PasswordLimits.Pbkdf2Rounds, true)]
    [InlineData(PasswordLimits.Pbkdf2Rounds + 1, false)]
    [InlineData(int.MaxValue, false)]
    public void Rounds_of_pbkdf2_are_bounded(int rounds, bool accepted) =>
        Assert.Equal(accepted, PasswordParser.TryParse($"{{PBKDF2-SHA256}}{rounds}${Salt}${Key32}", out _, out _));

    [Theory]
    [InlineData(999, false)]
    [InlineData(1000, true)]
    [InlineData(PasswordLimits.ShaCryptRounds, true)]
    [InlineData(PasswordLimits.ShaCryptRounds + 1, false)]
    public void Rounds_of_sha_crypt_are_bounded(int rounds, bool accepted) =>
        Assert.Equal(accepted, CryptSetting.Recognize($"$6$rounds={rounds}$salt${new string('a', 86)}") == CryptMethod.Sha512);

    [Theory]
    [InlineData("03", false)]
    [InlineData("04", true)]
    [InlineData("15", true)]
    [InlineData("16", false)]
    public void The_cost_of_bcrypt_is_bounded(string cost, bool accepted) =>
        Assert.Equal(accepted, CryptSetting.Recognize($"$2y${cost}${new string('a', 53)}") == CryptMethod.Bcrypt);

    [Fact]
    public void A_stored_password_is_bounded()
    {
        string fits = "{PLAIN}" + new string('x', PasswordLimits.StoredCharacters - 7);

        Assert.True(PasswordParser.TryParse(fits, out _, out _));
        Assert.False(PasswordParser.TryParse(fits + "x", out _, out string? error));
        Assert.Contains("longer than 1024", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hash_prints_its_scheme_only()
    {
        Assert.True(PasswordParser.TryParse("{PLAIN}hunter2", out PasswordHash? hash, out _));

        Assert.Equal("{PLAIN}***", hash.ToString());
    }

    [Fact]
    public void A_password_longer_than_crypt_takes_is_wrong_and_nothing_worse()
    {
        Assert.SkipUnless(LibCrypt.Supports(CryptMethod.Sha512), "libcrypt is not installed");
        const string stored = "{CRYPT}$6$rounds=1000$saltsalt$LAV5VE5Y7w1d73x1mFNspYWUpazfmwv2SoepNXNKJ/otop/Zok96Hr8Q13LEv0DRY/x8v0/crpIjl8NJSAqXV/";
        Assert.True(PasswordParser.TryParse(stored, out PasswordHash? hash, out _));

        Assert.False(hash.Verify(new byte[PasswordLimits.CryptPasswordOctets + 1]));
        Assert.All(new[] { 1, 510, 511, 512, 100_000 }, length => Assert.False(hash.Verify(Enumerable.Repeat((byte)'a', length).ToArray())));
    }
}
