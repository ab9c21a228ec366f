' Types into workbooks as somebody in a Russian LibreOffice does, and saves each as .xlsx.
' A job file in UTF-8, one order a line, its parts apart by tabs: "open URL", "type SHEET CELL VALUE", "save URL", "end".
' "save URL FILTER PASSWORD" saves in another format, with a password (of .xlsx) where one is given.
' What went wrong, or "done", is written into the file beside it that ends in ".log".
Sub Fill(jobs As String)
    Dim files, stream, document, cell, part, told
    Dim quiet(0) As New com.sun.star.beans.PropertyValue
    Dim filter(0) As New com.sun.star.beans.PropertyValue
    Dim locked(1) As New com.sun.star.beans.PropertyValue
    Dim secret(1) As New com.sun.star.beans.NamedValue
    told = "start"
    On Error GoTo Broken
    quiet(0).Name = "Hidden"
    quiet(0).Value = True
    filter(0).Name = "FilterName"
    locked(0).Name = "FilterName"
    locked(1).Name = "EncryptionData"
    secret(0).Name = "CryptoType"
    secret(0).Value = "Standard"
    secret(1).Name = "OOXPassword"
    files = CreateUnoService("com.sun.star.ucb.SimpleFileAccess")
    stream = CreateUnoService("com.sun.star.io.TextInputStream")
    stream.setInputStream(files.openFileRead(jobs))
    stream.setEncoding("UTF-8")
    Do While Not stream.isEOF() ' true before the last line is read, which therefore says nothing
        told = stream.readLine()
        part = Split(told, Chr(9))
        If UBound(part) >= 1 Then
            Select Case part(0)
                Case "open"
                    document = StarDesktop.loadComponentFromURL(part(1), "_blank", 0, quiet())
                Case "type"
                    cell = document.Sheets.getByName(part(1)).getCellRangeByName(part(2))
                    cell.FormulaLocal = part(3)
                Case "save"
                    filter(0).Value = "Calc MS Excel 2007 XML"
                    If UBound(part) >= 2 Then filter(0).Value = part(2)
                    If UBound(part) >= 3 Then
                        locked(0).Value = part(2)
                        secret(1).Value = part(3)
                        locked(1).Value = secret()
                        document.storeToURL(part(1), locked())
                    Else
                        document.storeToURL(part(1), filter())
                    End If
                    document.close(True)
            End Select
        End If
    Loop
    Say(jobs, "done")
    StarDesktop.terminate()
    Exit Sub
Broken:
    Say(jobs, "Line " & Erl & ": " & Error() & " at: " & told)
    StarDesktop.terminate()
End Sub

Sub Say(jobs As String, report As String)
    Dim handle As Integer
    handle = FreeFile()
    Open ConvertFromURL(jobs & ".log") For Output As #handle
    Print #handle, report
    Close #handle
End Sub
