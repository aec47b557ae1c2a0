using System.Diagnostics;
using System.Text;
using MailProxy.Directory.Passwords;
using Xunit;

namespace MailProxy.Directory.Tests.Passwords;

/// <summary>The tools themselves, where they are installed: what they write today is read, and what we write they accept.</summary>
public sealed class ForeignToolTests
{
    private const string Password = "pässwörd \"x\" %n";

    [Theory]
    [InlineData("PLAIN")]
    [InlineData("CLEARTEXT")]
    [InlineData("SHA")]
    [InlineData("SSHA")]
    [InlineData("SSHA.HEX")]
    [InlineData("SHA256")]
    [InlineData("SSHA256")]
    [InlineData("SSHA256.B64")]
    [InlineData("SHA512")]
    [InlineData("SHA512.HEX")]
    [InlineData("SSHA512")]
    [InlineData("CRYPT")]
    [InlineData("MD5-CRYPT")]
    [InlineData("SHA256-CRYPT")]
    [InlineData("SHA512-CRYPT")]
    [InlineData("BLF-CRYPT")]
    [InlineData("DES-CRYPT")]
    [InlineData("PBKDF2")]
    [InlineData("SCRAM-SHA-1")]
    [InlineData("SCRAM-SHA-256")]
    [InlineData("ARGON2I")]
    [InlineData("ARGON2ID")]
    public void What_doveadm_writes_is_read(string scheme)
    {
        // doveadm wants a configuration, though it uses none for this.
        string stored = Run("doveadm", "-c", "/dev/null", "pw", "-s", scheme, "-p", Password);

        Matches(stored);
    }

    [Theory]
    [InlineData("{SHA}", "")]
    [InlineData("{SSHA}", "")]
    [InlineData("{CRYPT}", "")]
    [InlineData("{SSHA256}", "pw-sha2")]
    [InlineData("{SSHA384}", "pw-sha2")]
    [InlineData("{SHA512}", "pw-sha2")]
    [InlineData("{SSHA512}", "pw-sha2")]
    [InlineData("{PBKDF2}", "pw-pbkdf2")]
    [InlineData("{PBKDF2-SHA1}", "pw-pbkdf2")]
    [InlineData("{PBKDF2-SHA256}", "pw-pbkdf2")]
    [InlineData("{PBKDF2-SHA512}", "pw-pbkdf2")]
    public void What_slappasswd_writes_is_read(string scheme, string module)
    {
        // slappd has these schemes built in from 2.6 on; before, each is a module, and it then says so on its way out.
        string[] load = module.Length == 0 ? [] : ["-o", $"module-load={module}"];

        Matches(Run("slappasswd", [.. load, "-n", "-h", scheme, "-s", Password]));
    }

    [Fact]
    public void Doveadm_agrees_about_a_wrong_password()
    {
        string stored = Run("doveadm", "-c", "/dev/null", "pw", "-s", "SSHA512", "-p", "another");

        Assert.True(PasswordParser.TryParse(stored, out PasswordHash? hash, out string? error), error);
        Assert.False(hash.Verify(Encoding.UTF8.GetBytes(Password)));
    }

    private static void Matches(string stored)
    {
        Assert.SkipWhen(stored.Contains("CRYPT", StringComparison.Ordinal) && !LibCrypt.Supports(CryptMethod.Des), "libxcrypt (libcrypt.so.1) is not installed");
        Assert.True(PasswordParser.TryParse(stored, out PasswordHash? hash, out string? error), $"{stored} {error}");
        Assert.True(hash.Verify(Encoding.UTF8.GetBytes(Password)), stored);
        // In front: traditional crypt looks at eight octets only.
        Assert.False(hash.Verify(Encoding.UTF8.GetBytes("x" + Password)), stored);
    }

    /// <summary>The first line that the program prints; the test is skipped where it is not installed.</summary>
    private static string Run(string program, params string[] arguments)
    {
        string[] folders = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator), "/usr/sbin", "/usr/local/sbin"];
        string? file = folders.Where(folder => folder.Length > 0).Select(folder => Path.Combine(folder, program)).FirstOrDefault(System.IO.File.Exists);
        Assert.SkipWhen(file is null, $"{program} is not installed");

        var start = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}: {output} {errors.Result}");
        return output.Split('\n')[0].TrimEnd();
    }
}
