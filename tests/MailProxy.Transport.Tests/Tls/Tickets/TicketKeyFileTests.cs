using MailProxy.Testing;
using MailProxy.Transport.Tls;
using MailProxy.Transport.Tls.Tickets;
using Xunit;

namespace MailProxy.Transport.Tests.Tls.Tickets;

public sealed class TicketKeyFileTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(80)]
    [InlineData(160)]
    [InlineData(1280)]
    public void A_file_is_one_to_sixteen_records(int octets) =>
        Assert.Equal(octets / 80, TicketKeyFile.Read(TicketFiles.WriteOctets(_directory, new byte[octets])).Length);

    [Theory]
    [InlineData(0, "0")]
    [InlineData(48, "48")]
    [InlineData(79, "79")]
    [InlineData(81, "81")]
    [InlineData(1279, "1279")]
    [InlineData(1281, "too many")]
    [InlineData(100_000, "too many")]
    public void Any_other_size_is_refused_with_what_to_do(int octets, string told)
    {
        var path = TicketFiles.WriteOctets(_directory, new byte[octets]);
        var error = Assert.Throws<CertificateFileException>(() => TicketKeyFile.Read(path));
        Assert.Equal($"'{path}' holds {told} octets; ticket keys are 1 to 16 records of 80 (openssl rand 80 > FILE).", error.Message);
    }

    [Fact]
    public void A_missing_file_is_told()
    {
        var error = Assert.Throws<CertificateFileException>(() => TicketKeyFile.Read(_directory.File("none")));
        Assert.Equal($"There is no file '{_directory.File("none")}'.", error.Message);
    }

    [Theory]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    [InlineData(UnixFileMode.GroupWrite)]
    public void A_file_that_others_can_read_or_change_is_refused(UnixFileMode mode)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such modes.");
        var path = TicketFiles.Write(_directory, 1);
        SetMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | mode);
        var error = Assert.Throws<CertificateFileException>(() => TicketKeyFile.Read(path));
        Assert.Contains("chmod 600", error.Message, StringComparison.Ordinal);
        SetMode(path, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        Assert.Single(TicketKeyFile.Read(path));
    }

    [Fact]
    public void Options_tell_a_bad_file_and_take_a_good_one()
    {
        using var authority = new TestFiles();
        var options = authority.Options("one");
        options.TicketKeys = TicketFiles.WriteOctets(_directory, new byte[10]);
        Assert.StartsWith("Tls:TicketKeys: '", Assert.Single(options.Validate("Tls")), StringComparison.Ordinal);
        options.TicketKeys = TicketFiles.Write(_directory, 1);
        Assert.Empty(options.Validate("Tls"));
    }

    private static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }
}
