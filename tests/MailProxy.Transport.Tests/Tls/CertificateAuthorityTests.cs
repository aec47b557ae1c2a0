using System.Net;
using MailProxy.Testing;
using MailProxy.Transport.Tls;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MailProxy.Transport.Tests.Tls;

public sealed class CertificateAuthorityTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void What_was_issued_is_there_at_the_next_start()
    {
        var first = Open();
        var server = IssueServer(first);
        var client = first.IssueClient("proxy-1");
        var second = Open();
        Assert.Equal(first.Root.Thumbprint, second.Root.Thumbprint);
        Assert.Equal(server.Thumbprint, IssueServer(second).Thumbprint);
        Assert.Equal(client.Thumbprint, second.IssueClient("proxy-1").Thumbprint);
        Assert.True(IssueServer(second).HasPrivateKey);
        Assert.Equal("CN=proxy-1", client.Subject);
        Assert.Equal(["localhost"], CertificateNames.DnsNamesOf(server));
    }

    [Fact]
    public void Other_names_make_another_certificate()
    {
        var authority = Open();
        var before = IssueServer(authority);
        Assert.NotEqual(before.Thumbprint, authority.IssueServer("dev", ["localhost", "mail.example.org"], [IPAddress.Loopback]).Thumbprint);
    }

    [Fact]
    public void What_soon_expires_is_renewed_by_the_same_authority()
    {
        var before = IssueServer(Open());
        _time.Advance(before.NotAfter.ToUniversalTime() - _time.GetUtcNow().UtcDateTime - TimeSpan.FromDays(46));
        Assert.Equal(before.Thumbprint, IssueServer(Open()).Thumbprint);
        _time.Advance(TimeSpan.FromDays(2));
        var authority = Open();
        var after = IssueServer(authority);
        Assert.NotEqual(before.Thumbprint, after.Thumbprint);
        Assert.Equal(authority.Root.Subject, after.Issuer);
        Assert.True(after.NotAfter > before.NotAfter);
    }

    [Fact]
    public void An_authority_that_would_not_outlive_a_new_certificate_is_replaced_with_all_it_signed()
    {
        var old = Open();
        var before = IssueServer(old);
        _time.Advance(TimeSpan.FromDays(3650 - 300));
        var authority = Open();
        Assert.NotEqual(old.Root.Thumbprint, authority.Root.Thumbprint);
        var after = IssueServer(authority);
        Assert.NotEqual(before.Thumbprint, after.Thumbprint);
        Assert.Equal(authority.Root.Subject, after.Issuer);
    }

    [Fact]
    public void Files_are_for_their_owner_only()
    {
        IssueServer(Open());
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_directory.File("pki", "ca.key")));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_directory.File("pki", "dev.key")));
        }

        Assert.Equal(["ca.key", "ca.pem", "dev.key", "dev.pem"], Directory.GetFiles(_directory.File("pki")).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void A_pair_that_does_not_match_is_replaced()
    {
        var authority = Open();
        IssueServer(authority);
        File.Copy(_directory.File("pki", "ca.key"), _directory.File("pki", "dev.key"), overwrite: true);
        Assert.True(IssueServer(Open()).HasPrivateKey);
    }

    [Theory]
    [InlineData("ca")]
    [InlineData("../ca")]
    [InlineData("")]
    [InlineData(".hidden")]
    public void A_name_that_is_no_file_name_of_ours_is_refused(string name) => Assert.Throws<ArgumentException>(() => Open().IssueClient(name));

    [Fact]
    public void A_folder_that_cannot_be_written_is_one_clear_sentence()
    {
        File.WriteAllText(_directory.File("file"), "");
        var failure = Assert.Throws<CertificateFileException>(() => CertificateAuthority.LoadOrCreate(_directory.File("file", "pki"), _time));
        Assert.StartsWith($"Certificates cannot be kept in '{_directory.File("file", "pki")}': ", failure.Message, StringComparison.Ordinal);
    }

    private static System.Security.Cryptography.X509Certificates.X509Certificate2 IssueServer(CertificateAuthority authority) =>
        authority.IssueServer("dev", ["localhost"], [IPAddress.Loopback]);

    private CertificateAuthority Open() => CertificateAuthority.LoadOrCreate(_directory.File("pki"), _time);
}
