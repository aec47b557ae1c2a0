using System.Text;
using MailProxy.Directory.Passwords;
using Xunit;

namespace MailProxy.Directory.Tests.Passwords;

public sealed class LibCryptTests
{
    [Fact]
    public void Many_threads_may_ask_at_once()
    {
        Assert.SkipUnless(LibCrypt.Supports(CryptMethod.Sha512), "libcrypt is not installed");
        PasswordHash[] hashes =
        [
            .. Enumerable.Range(0, 8).Select(n =>
            {
                byte[] stored = LibCrypt.Hash(Encoding.UTF8.GetBytes($"secret{n}"), Encoding.ASCII.GetBytes($"$6$rounds=1000$salt{n}$"))!;
                Assert.True(PasswordParser.TryParse("{CRYPT}" + Encoding.ASCII.GetString(stored), out PasswordHash? hash, out string? error), error);
                return hash;
            }),
        ];

        Parallel.For(0, 400, n =>
        {
            Assert.True(hashes[n % 8].Verify(Encoding.UTF8.GetBytes($"secret{n % 8}")));
            Assert.False(hashes[n % 8].Verify(Encoding.UTF8.GetBytes($"secret{(n + 1) % 8}")));
        });
    }

    [Fact]
    public void A_method_nobody_knows_is_not_supported_and_the_reason_says_so()
    {
        Assert.False(LibCrypt.Supports(CryptMethod.Unknown));
        Assert.Contains("crypt(3)", LibCrypt.Why(CryptMethod.Unknown), StringComparison.Ordinal);
    }

    [Fact]
    public void The_probe_of_every_method_is_recognized_by_the_library()
    {
        Assert.SkipUnless(LibCrypt.Supports(CryptMethod.Yescrypt), "libxcrypt (libcrypt.so.1) is not installed");

        Assert.All(Enum.GetValues<CryptMethod>().Except([CryptMethod.Unknown]), method => Assert.True(LibCrypt.Supports(method), method.ToString()));
    }
}
