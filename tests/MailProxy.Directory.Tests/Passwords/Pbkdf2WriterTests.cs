using CsCheck;
using MailProxy.Directory.Passwords;
using Xunit;

namespace MailProxy.Directory.Tests.Passwords;

public sealed class Pbkdf2WriterTests
{
    private const int FewRounds = 3;

    [Fact]
    public void What_was_written_is_read_and_matches_only_its_password() =>
        Gen.Select(Gen.Byte[1, 255].Array[1, 80], Gen.Byte[1, 255].Array[1, 80]).Sample(
            (password, other) =>
            {
                string stored = Pbkdf2Writer.Write(password, FewRounds);
                return PasswordParser.TryParse(stored, out PasswordHash? hash, out _)
                    && hash.Verify(password)
                    && hash.Verify(other) == password.AsSpan().SequenceEqual(other);
            },
            iter: 300);

    [Fact]
    public void The_form_is_the_one_slapd_reads() =>
        Assert.Equal(
            "{PBKDF2-SHA256}10000$GvhSQCSCkROd.ts2JfKFvA$HdUbGfsl066WJIkIu3xThW543mC3of.qtxCJgWRkceE",
            Pbkdf2Writer.Write("secret"u8, Convert.FromBase64String("GvhSQCSCkROd+ts2JfKFvA=="), 10000));

    [Fact]
    public void The_same_password_is_never_written_twice_alike() =>
        Assert.NotEqual(Pbkdf2Writer.Write("secret"u8, FewRounds), Pbkdf2Writer.Write("secret"u8, FewRounds));

    [Fact]
    public void The_default_rounds_are_written() =>
        Assert.StartsWith("{PBKDF2-SHA256}600000$", Pbkdf2Writer.Write("secret"u8), StringComparison.Ordinal);

    [Fact]
    public void Nothing_is_written_for_an_empty_password_or_rounds_nobody_would_read()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Pbkdf2Writer.Write([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Pbkdf2Writer.Write("x"u8, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Pbkdf2Writer.Write("x"u8, PasswordLimits.Pbkdf2Rounds + 1));
    }
}
