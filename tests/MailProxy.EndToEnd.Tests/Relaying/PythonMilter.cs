using System.Diagnostics;
using MailProxy.EndToEnd.Tests.Rig;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Relaying;

/// <summary>A milter of libmilter's own (python3-milter is a binding of it), which does what the sender's local part says.</summary>
internal sealed class PythonMilter : WatchedProcess
{
    // Debian's, because the module is there and not where another python looks.
    private const string Python = "/usr/bin/python3";

    private const string Script =
        """
        import os, sys, time
        import Milter

        class Judge(Milter.Base):
            def envfrom(self, address, *parameters):
                self.what = address.strip('<>').split('@')[0]
                self.sender = address
                self.body_octets = 0
                if self.what == 'refused-sender':
                    self.setreply('553', '5.1.8', 'No such sender')
                    return Milter.REJECT
                return Milter.CONTINUE

            def envrcpt(self, address, *parameters):
                return Milter.REJECT if address == '<bob@example.org>' and self.what == 'refused-recipient' else Milter.CONTINUE

            def header(self, name, value):
                return Milter.CONTINUE

            def body(self, piece):
                self.body_octets += len(piece)
                return Milter.CONTINUE

            def eom(self):
                if self.what == 'rejected':
                    self.setreply('550', '5.7.1', 'Not this one')
                    return Milter.REJECT
                if self.what == 'put-off':
                    return Milter.TEMPFAIL
                if self.what == 'discarded':
                    return Milter.DISCARD
                if self.what == 'quarantined':
                    self.quarantine('looks like a virus')
                    return Milter.CONTINUE
                if self.what == 'hangs':
                    time.sleep(3600)
                if self.what == 'dies':
                    os._exit(1)
                if self.what == 'slow':
                    for _ in range(4):
                        time.sleep(1)
                        self.progress()
                if self.what == 'changed':
                    self.addheader('X-Judged', 'by a milter,\n\tfolded')
                    self.addheader('X-First', 'yes', 0)
                    self.chgheader('Subject', 0, 'changed')
                    self.chgheader('MIME-Version', 0, '')
                    self.chgfrom('<other@example.net>')
                    self.addrcpt('<carol@example.org>')
                    self.delrcpt('<alice@example.org>')
                if self.what == 'new-body':
                    self.replacebody(b'all new\r\n')
                self.addheader('X-Octets', str(self.body_octets))
                return Milter.ACCEPT

        Milter.factory = Judge
        Milter.set_flags(Milter.ADDHDRS + Milter.CHGHDRS + Milter.ADDRCPT + Milter.DELRCPT + Milter.CHGBODY + Milter.CHGFROM + Milter.QUARANTINE)
        Milter.runmilter('judge', sys.argv[1], 3600)
        """;

    private PythonMilter(ProcessStartInfo start)
        : base(start)
    {
    }

    /// <summary>Skips the test, by name, where the module is missing.</summary>
    public static async Task RequireAsync()
    {
        ForeignProgram.Require(Python);
        Assert.SkipUnless((await ForeignProgram.RunAsync(Python, ["-c", "import Milter"])).ExitCode == 0, "python3-milter is not installed");
    }

    /// <summary>Starts it on a UNIX socket; ends when it listens there.</summary>
    public static async Task<PythonMilter> StartAsync(TempDirectory folder, string socket)
    {
        var script = folder.File("judge.py");
        await File.WriteAllTextAsync(script, Script);
        var milter = new PythonMilter(new ProcessStartInfo(Python, [script, "unix:" + socket]));
        await UnixSockets.AppearsAsync(socket, milter);
        return milter;
    }
}
