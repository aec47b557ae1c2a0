using System.Security.Cryptography.X509Certificates;
using MailProxy.Testing;
using MailProxy.Transport.Tests.Tls.Tickets;
using MailProxy.Transport.Tls;
using MailProxy.Transport.Tls.Tickets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MailProxy.Transport.Tests.Tls;

public sealed class ServerTlsFilesTests : IDisposable
{
    private readonly TestFiles _files = new();
    private readonly TempDirectory _tickets = new();
    private readonly RecordingLogger _log = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    public void Dispose()
    {
        _files.Dispose();
        _tickets.Dispose();
    }

    [Fact]
    public void A_renewed_certificate_is_taken_at_the_next_look()
    {
        using var files = Open(_files.Options("one"));
        var before = files.Tls.Current;
        _files.Renew("one");
        _time.Advance(ServerTlsFiles.Interval - TimeSpan.FromSeconds(1));
        Assert.Same(before, files.Tls.Current);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotEqual(Thumbprint(before), Thumbprint(files.Tls.Current));
        Assert.StartsWith("TLS files were read again: one.example.org, good until 2099-01-01", Assert.Single(_log.Entries).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_stay_as_they_are_are_left_alone()
    {
        using var files = Open(_files.Options("one"));
        var before = files.Tls.Current;
        _time.Advance(ServerTlsFiles.Interval * 10);
        Assert.Same(before, files.Tls.Current);
        Assert.Empty(_log.Entries);
    }

    [Fact]
    public void A_hang_up_reads_them_at_once()
    {
        using var files = Open(_files.Options("one"));
        _files.Renew("one");
        var before = Thumbprint(files.Tls.Current);
        files.Reload();
        Assert.NotEqual(before, Thumbprint(files.Tls.Current));
    }

    [Fact]
    public void A_bad_file_is_told_once_and_the_old_ones_stay_until_it_is_mended()
    {
        var options = _files.Options("one");
        using var files = Open(options);
        var before = files.Tls.Current;
        File.WriteAllText(options.Certificate!, "half a certific");
        _time.Advance(ServerTlsFiles.Interval * 3);
        Assert.Same(before, files.Tls.Current);
        var (level, message, _) = Assert.Single(_log.Entries);
        Assert.Equal(LogLevel.Error, level);
        Assert.Contains(options.Certificate!, message, StringComparison.Ordinal);
        _files.Renew("one");
        _time.Advance(ServerTlsFiles.Interval);
        Assert.NotSame(before, files.Tls.Current);
    }

    [Fact]
    public void A_certificate_without_its_key_yet_is_not_taken()
    {
        var options = _files.Options("one");
        using var files = Open(options);
        var (before, key) = (files.Tls.Current, File.ReadAllText(options.Key!));
        _files.Renew("one");
        var next = File.ReadAllText(options.Key!);
        File.WriteAllText(options.Key!, key);
        files.Reload();
        Assert.Same(before, files.Tls.Current);
        File.WriteAllText(options.Key!, next);
        files.Reload();
        Assert.NotSame(before, files.Tls.Current);
    }

    [Fact]
    public void A_file_that_went_away_is_told_and_nothing_changes()
    {
        var options = _files.Options("one");
        using var files = Open(options);
        var before = files.Tls.Current;
        File.Delete(options.Key!);
        _time.Advance(ServerTlsFiles.Interval * 3);
        Assert.Same(before, files.Tls.Current);
        Assert.Contains($"There is no file '{options.Key}'.", Assert.Single(_log.Entries).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_swap_of_symbolic_links_is_seen()
    {
        // As Kubernetes does it: tls.pem -> ..data/tls.pem, ..data -> one; then ..data -> two.
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows wants a privilege for symbolic links.");
        var (one, two, data) = (_files.Directory.File("one"), _files.Directory.File("two"), _files.Directory.File("..data"));
        foreach (var (name, folder) in new[] { ("first", one), ("second", two) })
        {
            var (certificate, key) = _files.Renew(name);
            Directory.CreateDirectory(folder);
            File.Copy(certificate, Path.Combine(folder, "tls.pem"));
            File.Copy(key, Path.Combine(folder, "tls.key"));
        }

        Directory.CreateSymbolicLink(data, one);
        var options = new TlsOptions { Certificate = _files.Directory.File("tls.pem"), Key = _files.Directory.File("tls.key") };
        File.CreateSymbolicLink(options.Certificate, Path.Combine("..data", "tls.pem"));
        File.CreateSymbolicLink(options.Key, Path.Combine("..data", "tls.key"));
        using var files = Open(options);
        Directory.Delete(data);
        Directory.CreateSymbolicLink(data, two);
        _time.Advance(ServerTlsFiles.Interval);
        Assert.Equal(["second.example.org"], CertificateNames.DnsNamesOf(files.Tls.Current.Certificates[0]));
    }

    [Fact]
    public void Ticket_keys_are_read_again_and_bad_ones_leave_certificates_as_they_are_too()
    {
        var options = _files.Options("one");
        options.TicketKeys = TicketFiles.Write(_tickets, 1);
        using var files = Open(options);
        TicketFiles.Write(_tickets, 2, 1);
        _time.Advance(ServerTlsFiles.Interval);
        Assert.Equal(TicketFiles.Record(2), Sealing(files));
        TicketFiles.WriteOctets(_tickets, [1, 2, 3]);
        var before = files.Tls.Current;
        _files.Renew("one");
        _time.Advance(ServerTlsFiles.Interval);
        Assert.Equal(TicketFiles.Record(2), Sealing(files));
        Assert.Same(before, files.Tls.Current);
    }

    [Fact]
    public void Random_ticket_keys_outlive_a_renewal_of_certificates()
    {
        using var files = Open(_files.Options("one"));
        var before = Sealing(files);
        _files.Renew("one");
        files.Reload();
        Assert.Equal(before, Sealing(files));
    }

    [Fact]
    public void Afterwards_nothing_is_read_and_no_ticket_key_is_left()
    {
        var files = Open(_files.Options("one"));
        files.Dispose();
        _files.Renew("one");
        _time.Advance(ServerTlsFiles.Interval);
        files.Reload();
        Assert.Empty(_log.Entries);
        Assert.False(files.Tls.Current.TicketKeys!.TryGetCurrent(new byte[TicketKey.Octets]));
    }

    private static string Thumbprint(TlsServerSettings settings) => settings.Certificates[0].GetCertHashString();

    private static byte[] Sealing(ServerTlsFiles files)
    {
        var record = new byte[TicketKey.Octets];
        Assert.True(files.Tls.Current.TicketKeys!.TryGetCurrent(record));
        return record;
    }

    private ServerTlsFiles Open(TlsOptions options) => new(options, _log, _time);
}
