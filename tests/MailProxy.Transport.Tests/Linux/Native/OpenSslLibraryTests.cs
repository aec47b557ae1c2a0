using MailProxy.Transport.Linux.Native;
using Xunit;

namespace MailProxy.Transport.Tests.Linux.Native;

public sealed class OpenSslLibraryTests
{
    private const ulong Good = 0x300000B0;

    [Fact]
    public void Every_function_that_is_called_is_looked_for()
    {
        // A call that needs no marshalling, one that does, and one of each library.
        Assert.Contains((OpenSsl.Name, "SSL_read"), OpenSslLibrary.Entries);
        Assert.Contains((OpenSsl.Name, "SSL_CTX_set_tlsext_ticket_key_evp_cb"), OpenSslLibrary.Entries);
        Assert.Contains((OpenSslCrypto.Name, "X509_VERIFY_PARAM_set1_host"), OpenSslLibrary.Entries);
        Assert.Equal(OpenSslLibrary.Entries.Count, OpenSslLibrary.Entries.Distinct().Count());
        Assert.True(OpenSslLibrary.Entries.Count > 60);
    }

    [Theory]
    [InlineData(0x30000000)]
    [InlineData(0x300000B0)]
    [InlineData(0x30500010)]
    public void A_whole_library_of_version_3_is_good(ulong version) => Assert.Null(OpenSslLibrary.ProblemWith((_, _) => true, () => version));

    [Fact]
    public void A_function_that_is_missing_is_named() => Assert.Equal(
        "This system's OpenSSL lacks SSL_CTX_set_tlsext_ticket_key_evp_cb; install OpenSSL 3 (on Debian the package libssl3) or use Transport: portable.",
        OpenSslLibrary.ProblemWith((_, name) => name != "SSL_CTX_set_tlsext_ticket_key_evp_cb", () => Good));

    [Fact]
    public void A_library_that_lacks_everything_is_not_asked_for_its_version()
    {
        var problem = OpenSslLibrary.ProblemWith((_, _) => false, () => throw new EntryPointNotFoundException());
        Assert.Contains($" and {OpenSslLibrary.Entries.Count - 1} more;", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0x1010117F, "1.1")]
    [InlineData(0x2080000F, "2.8")]
    public void An_older_library_is_told_by_its_version(ulong version, string told) => Assert.Equal(
        $"This system's OpenSSL is version {told}; install OpenSSL 3 (on Debian the package libssl3) or use Transport: portable.",
        OpenSslLibrary.ProblemWith((_, _) => true, () => version));
}
