using System.Buffers;
using System.Net;
using MailProxy.Protocols.Milter;
using MailProxy.Protocols.Tests.Lines;
using Xunit;

namespace MailProxy.Protocols.Tests.Milter;

public sealed class MilterWriterTests
{
    [Fact]
    public void Commands_are_written_as_libmilter_reads_them()
    {
        Assert.Equal("\0\0\0\x01" + "N", Written(output => MilterWriter.Write(output, MilterCommand.EndOfHeaders)));
        Assert.Equal("\0\0\0\x16" + "M<a@b.example>\0SIZE=1\0", Written(output => MilterWriter.Write(output, MilterCommand.Mail, "<a@b.example>", "SIZE=1")));
        Assert.Equal("\0\0\0\x0C" + "LSubject\0 x\0", Written(output => MilterWriter.WriteHeader(output, "Subject"u8, " x"u8)));
        Assert.Equal("\0\0\0\x04" + "Bxyz", Written(output => MilterWriter.WriteBody(output, "xyz"u8)));
        Assert.Equal("\0\0\0\x0B" + "DMi\0id\0j\0h\0", Written(output => MilterWriter.WriteMacros(output, MilterCommand.Mail, [new("i", "id"), new("j", "h")])));
        Assert.Equal("", Written(output => MilterWriter.WriteMacros(output, MilterCommand.Mail, [])));
    }

    [Fact]
    public void Who_connected_is_told_with_family_port_and_address()
    {
        Assert.Equal(
            "\0\0\0\x1A" + "C[192.0.2.7]\0" + "4\0\x19" + "192.0.2.7\0",
            Written(output => MilterWriter.WriteConnect(output, "[192.0.2.7]", new IPEndPoint(IPAddress.Parse("192.0.2.7"), 25))));
        Assert.Contains("6\x01\0" + "2001:db8::1\0", Written(output => MilterWriter.WriteConnect(output, "h", new IPEndPoint(IPAddress.Parse("2001:db8::1"), 256))), StringComparison.Ordinal);
        Assert.Contains("4\x01\0" + "192.0.2.7\0", Written(output => MilterWriter.WriteConnect(output, "h", new IPEndPoint(IPAddress.Parse("::ffff:192.0.2.7"), 256))), StringComparison.Ordinal);
        Assert.Equal("\0\0\0\x04" + "Ch\0U", Written(output => MilterWriter.WriteConnect(output, "h", null)));
    }

    [Fact]
    public void A_nul_in_a_string_is_left_out() =>
        Assert.Equal("\0\0\0\x04" + "Hab\0", Written(output => MilterWriter.Write(output, MilterCommand.Helo, "a\0b")));

    private static string Written(Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return Cuts.Text(output.WrittenSpan);
    }
}
